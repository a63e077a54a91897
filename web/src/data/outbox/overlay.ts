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
  const changed = new Map<string, Waiting>();
  for (const each of waiting) changed.set(each.change.id, each);
  const known = new Set<string>();
  const shown: Shown[] = [];
  for (const expense of expenses) {
    known.add(expense.id);
    const change = changed.get(expense.id);
    shown.push(change === undefined ? of(expense) : changedBy(expense, change, eventCurrency));
  }
  const fresh = waiting.filter(({ change }) => change.kind === "expense.add" && !known.has(change.id));
  for (const one of fresh) {
    if (one.change.kind === "expense.add")
      shown.push({ ...from(one.change.id, one.change.body, eventCurrency), waiting: one });
  }
  // Only what is new or moved can stand in the wrong place; the sort is stable.
  return changed.size === 0
    ? shown
    : shown.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : order(b) - order(a)));
}

function order(shown: Shown): number {
  return shown.waiting?.change.kind === "expense.add" ? 1 : 0;
}

function of(expense: ExpenseOut): Shown {
  return expense;
}

function changedBy(expense: ExpenseOut, waiting: Waiting, eventCurrency: string): Shown {
  const { change } = waiting;
  if (change.kind === "expense.edit") return { ...from(expense.id, change.body, eventCurrency), waiting };
  return { ...expense, deleted: change.kind === "expense.delete" || expense.deleted, waiting };
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
