import { expect, test } from "vitest";
import type { ExpenseIn, ExpenseOut } from "../../api/client";
import { differences, merged } from "./merge";

const BASE = {
  description: "Dinner",
  amount: "30.00",
  currency: "EUR",
  date: "2026-02-02",
  category: null,
  notes: null,
  paid_by: [{ member: 1, amount: "30.00" }],
  split: { type: "equal", among: [1, 2] },
} as unknown as ExpenseOut;

const theirs = { ...BASE, amount: "33.00", paid_by: [{ member: 1, amount: "33.00" }] } as ExpenseOut;
const yours = { ...BASE, description: "Dinner at Lina's", paid_by: 1 } as unknown as ExpenseIn;

test("only what differs is asked, and each is given to whoever changed it", () => {
  expect(differences(BASE, yours, theirs)).toEqual([
    { part: "description", only: "yours" },
    { part: "money", only: "theirs" },
  ]);
});

test("what both changed is for a person to choose", () => {
  const mine = { ...yours, amount: "31.00" };
  expect(differences(BASE, mine, theirs)).toContainEqual({ part: "money", only: undefined });
});

test("a merge takes amounts, payers and shares from one side as a whole", () => {
  const both = merged(yours, theirs, { description: "yours", money: "theirs" });
  expect(both).toMatchObject({
    description: "Dinner at Lina's",
    amount: "33.00",
    paid_by: [{ member: 1, amount: "33.00" }],
  });
});

test("what means the same is no difference, however the two write it", () => {
  const split = {
    type: "itemized",
    items: [{ name: "", amount: "30.00", among: [1] }],
    tax: "0.00",
    tip: "1.50",
    discount: "0.00",
  };
  const bill = { ...BASE, split } as unknown as ExpenseOut;
  const typed = {
    ...yours,
    split: { type: "itemized", items: [{ amount: "30", among: [1] }], tip: "1.5" },
  } as ExpenseIn;
  expect(differences(bill, { ...typed, description: "Dinner" }, bill)).toEqual([]);
  const weighed = (weight: string) => ({ ...BASE, split: { type: "shares", shares: [{ member: 1, weight }] } });
  const kept = weighed("10.5") as unknown as ExpenseOut;
  expect(differences(kept, weighed("10.5000") as unknown as ExpenseIn, kept)).toEqual([]);
  expect(differences(kept, weighed("1.5") as unknown as ExpenseIn, kept)).toHaveLength(1);
});
