import { expect, test } from "vitest";
import { checkPayers } from "./payers";

const paid = (...amounts: string[]) => amounts.map((amount, index) => ({ member: index + 1, amount }));

test("one payer pays the whole", () => {
  expect(checkPayers(1250n, "EUR", 3)).toEqual({ ok: true, paid: [{ member: 3, minor: 1250n }] });
  expect(checkPayers(1250n, "EUR", paid("12.5"))).toEqual({ ok: true, paid: [{ member: 1, minor: 1250n }] });
});

test("several payers pay what they sum to", () => {
  const both = [
    { member: 1, minor: -1000n },
    { member: 2, minor: -250n },
  ];
  expect(checkPayers(-1250n, "EUR", paid("-10", "-2.50"))).toEqual({ ok: true, paid: both });
});

test("a payer of nothing points nowhere", () => {
  expect(checkPayers(-1250n, "EUR", paid("0", "-12.50")).ok).toBe(true);
});

test.each([
  [paid("12.00", "0.49"), { code: "payers.sum_mismatch", field: "paid_by", expected: 1250n, actual: 1249n }],
  [paid("-12.50"), { code: "payers.sum_mismatch", expected: 1250n, actual: -1250n }],
  [paid("12.49"), { code: "payers.sum_mismatch", expected: 1250n, actual: 1249n }],
  [paid(), { code: "payers.nobody" }],
  [[...paid("12.00"), ...paid("0.50")], { code: "payers.duplicate_member", member: 1 }],
  [paid("13.00", "-0.50"), { code: "payers.wrong_sign", member: 2, actual: -50n }],
  [paid("13.00", "x"), { code: "money.not_a_number", field: "paid_by.1.amount" }],
])("payers the server would refuse are refused: %j", (paidBy, refusal) => {
  expect(checkPayers(1250n, "EUR", paidBy)).toMatchObject({ ok: false, refusal });
});
