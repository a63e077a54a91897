import type { components } from "../api/schema";
import { attempt, type Refusal, Refused, readMoney, sumOf } from "./refusal";

/** Who paid, as it travels: one member the whole, or several with their amounts. */
export type PaidBy = number | components["schemas"]["ExpenseOut"]["paid_by"];

export type PayersCheck =
  | { ok: true; paid: readonly { member: number; minor: bigint }[] }
  | { ok: false; refusal: Refusal };

/** Return what each one paid of a total, or why the server would refuse it. */
export function checkPayers(total: bigint, currency: string, paidBy: PaidBy): PayersCheck {
  const tried = attempt(() => payersOf(total, currency, paidBy));
  return tried.ok ? { ok: true, paid: tried.result } : tried;
}

function payersOf(total: bigint, currency: string, paidBy: PaidBy): { member: number; minor: bigint }[] {
  if (typeof paidBy === "number") return [{ member: paidBy, minor: total }];
  const field = "paid_by";
  const paid = paidBy.map(({ member, amount }, index) => {
    return { member, minor: readMoney(amount, currency, `${field}.${index}.amount`) };
  });
  if (paid.length === 0) throw new Refused({ code: "payers.nobody", field });
  const twice = paid.find(({ member }, index) => paid.findIndex((one) => one.member === member) < index);
  if (twice) throw new Refused({ code: "payers.duplicate_member", field, member: twice.member });
  const wrong = paid.length > 1 && paid.find(({ minor }) => minor !== 0n && minor < 0n !== total < 0n);
  if (wrong) {
    const numbers = { unit: "money", expected: 0n, actual: wrong.minor } as const;
    throw new Refused({ code: "payers.wrong_sign", field, member: wrong.member, ...numbers });
  }
  const actual = sumOf(paid.map((one) => one.minor));
  if (actual !== total) {
    throw new Refused({ code: "payers.sum_mismatch", field, unit: "money", expected: total, actual });
  }
  return paid;
}
