import { expect, test } from "vitest";
import { Counter } from "./spending";

type Expense = Parameters<Counter["add"]>[0];

function spent(amount: string, more: Partial<Expense> = {}): Expense {
  const paid = [{ member: 1, amount }];
  return { currency: "EUR", amount, category: "food", date: "2026-11-12", paid_by: paid, shares: paid, ...more };
}

function count(...expenses: Expense[]) {
  const counter = new Counter();
  for (const expense of expenses) counter.add(expense);
  return counter.result();
}

test("currencies are never added to each other", () => {
  const found = count(spent("10.00"), spent("1000", { currency: "JPY" }), spent("1.500", { currency: "KWD" }));
  expect(found.map(({ currency, total }) => [currency, total])).toEqual([
    ["EUR", 1000n],
    ["JPY", 1000n],
    ["KWD", 1500n],
  ]);
});

test("sums are exact where a number would not be", () => {
  const [euros] = count(spent("9007199254740993.01"), spent("0.02"));
  expect(euros?.total).toBe(900719925474099303n);
});

test("a refund is taken off, and what has no category stands by itself", () => {
  const [euros] = count(
    spent("5.00", { category: null }),
    spent("20.00"),
    spent("-8.00"),
    spent("1.00", { category: " " }),
  );
  expect(euros?.categories).toEqual([
    { category: "food", amount: 1200n },
    { category: null, amount: 600n },
  ]);
});

test("each member has what they paid and what they took", () => {
  const shares = [
    { member: 1, amount: "3.34" },
    { member: 2, amount: "6.66" },
  ];
  const [euros] = count(spent("10.00", { shares }));
  expect(euros?.members).toEqual([
    { member: 2, paid: 0n, share: 666n },
    { member: 1, paid: 1000n, share: 334n },
  ]);
});

test("days come in their order, whatever the order of the expenses", () => {
  const [euros] = count(spent("1.00"), spent("2.00", { date: "2026-11-09" }), spent("4.00"));
  expect(euros?.days).toEqual([
    { day: "2026-11-09", amount: 200n },
    { day: "2026-11-12", amount: 500n },
  ]);
});
