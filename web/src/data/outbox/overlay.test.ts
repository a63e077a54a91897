import { expect, test } from "vitest";
import type { ExpenseIn, ExpenseOut } from "../../api/client";
import { overlay } from "./overlay";
import type { Change, Waiting } from "./waiting";

function sent(id: string, date: string): ExpenseOut {
  return {
    id,
    date,
    description: id,
    amount: "9.00",
    currency: "EUR",
    paid_by: [],
    shares: [],
    deleted: false,
  } as unknown as ExpenseOut;
}

function waits(change: Change): Waiting {
  return { order: 1, key: "k", event_id: "e", by: "me", at: 0, change };
}

const TEA: ExpenseIn = { description: "Tea", amount: "3.50", date: "2026-02-02", paid_by: 2 };

test("what waits stands where it will stand, and is marked", () => {
  const shown = overlay(
    [sent("new", "2026-03-03"), sent("old", "2026-01-01")],
    [waits({ kind: "expense.add", id: "tea", body: TEA })],
    "EUR",
  );
  expect(shown.map((each) => [each.id, each.waiting !== undefined])).toEqual([
    ["new", false],
    ["tea", true],
    ["old", false],
  ]);
  expect(shown[1]).toMatchObject({ amount: "3.50", currency: "EUR", paid_by: [{ member: 2, amount: "3.50" }] });
});

test("an edit shows its content, a deletion strikes it through", () => {
  const base = sent("a", "2026-02-02");
  const [edited] = overlay([base], [waits({ kind: "expense.edit", id: "a", body: TEA, version: 1, base })], "EUR");
  expect(edited).toMatchObject({ description: "Tea", amount: "3.50", shares: undefined });
  const [gone] = overlay([base], [waits({ kind: "expense.delete", id: "a", version: 1, base })], "EUR");
  expect(gone).toMatchObject({ description: "a", deleted: true });
});

test("what arrived meanwhile is shown once", () => {
  const shown = overlay([sent("tea", "2026-02-02")], [waits({ kind: "expense.add", id: "tea", body: TEA })], "EUR");
  expect(shown.map((each) => each.id)).toEqual(["tea"]);
});
