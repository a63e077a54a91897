/** Show what waits as if it had been sent: the expenses as they will be, each marked with what waits for it. */
import type { ExpenseIn, ExpenseOut } from "../../api/client";
import type { Waiting } from "./waiting";

export interface Shown {
  id: string;
  description: string;
  amount: string;
  currency: string;
  date: string;
  category: string | null;
  paid_by: { member: number; amount: string }[];
  /** Undefined for what the server has not split yet. */
  shares: { member: number; amount: string }[] | undefined;
  deleted: boolean;
  waiting?: Waiting;
}

export function overlay(expenses: readonly ExpenseOut[], waiting: readonly Waiting[], eventCurrency: string): Shown[] {
  const shown = new Map<string, Shown>(expenses.map((expense) => [expense.id, expense]));
  const mine = waiting.filter(({ change }) => change.kind.startsWith("expense."));
  for (const each of mine) {
    const next = changedBy(shown.get(each.change.id), each, eventCurrency);
    if (next !== undefined) shown.set(each.change.id, next);
  }
  const all = [...shown.values()];
  // Only what is new or moved can stand in the wrong place; the sort is stable.
  return mine.length === 0
    ? all
    : all.sort((a, b) => (a.date === b.date ? order(b) - order(a) : a.date < b.date ? 1 : -1));
}

function order(shown: Shown): number {
  return shown.waiting?.change.kind === "expense.add" ? 1 : 0;
}

/** What is edited or deleted but not listed (another page, another search) stays unlisted. */
function changedBy(expense: Shown | undefined, waiting: Waiting, eventCurrency: string): Shown | undefined {
  const { change } = waiting;
  if (change.kind === "expense.add") return { ...from(change.id, change.body, eventCurrency), waiting };
  if (expense === undefined) return undefined;
  if (change.kind === "expense.edit") return { ...from(change.id, change.body, eventCurrency), waiting };
  return { ...expense, deleted: change.kind === "expense.delete", waiting };
}

function from(id: string, body: ExpenseIn, eventCurrency: string): Shown {
  const amount = String(body.amount);
  const paid = typeof body.paid_by === "number" ? [{ member: body.paid_by, amount }] : body.paid_by;
  return {
    id,
    description: body.description,
    amount,
    currency: body.currency ?? eventCurrency,
    date: body.date ?? new Date().toISOString().slice(0, 10),
    category: body.category ?? null,
    paid_by: paid.map((part) => ({ member: part.member, amount: String(part.amount) })),
    shares: undefined,
    deleted: false,
  };
}
