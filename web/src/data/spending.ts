/** Count what an event's money was spent on: by category, by member and by day, each currency by itself. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type EventOut, type ExpenseOut } from "../api/client";
import { parseWire } from "../money/amount";
import { PAGE } from "./events";

export interface Spending {
  currency: string;
  total: bigint;
  /** The largest first; null is what has no category. */
  categories: { category: string | null; amount: bigint }[];
  members: { member: number; paid: bigint; share: bigint }[];
  /** Days on which something was spent, the first day first. */
  days: { day: string; amount: bigint }[];
}

export interface Counted {
  /** Which entry of the event was the last one that is counted for certain. */
  seq: number;
  expenses: number;
  spending: Spending[];
}

interface Sums {
  total: bigint;
  categories: Map<string | null, bigint>;
  paid: Map<number, bigint>;
  shares: Map<number, bigint>;
  days: Map<string, bigint>;
}

export class Counter {
  expenses = 0;
  private readonly sums = new Map<string, Sums>();

  add(expense: Pick<ExpenseOut, "currency" | "amount" | "category" | "date" | "paid_by" | "shares">): void {
    const { currency } = expense;
    const known = this.sums.get(currency);
    const sums = known ?? { total: 0n, categories: new Map(), paid: new Map(), shares: new Map(), days: new Map() };
    if (known === undefined) this.sums.set(currency, sums);
    const amount = parseWire(expense.amount, currency);
    this.expenses += 1;
    sums.total += amount;
    raise(sums.categories, expense.category?.trim() || null, amount);
    raise(sums.days, expense.date, amount);
    for (const part of expense.paid_by) raise(sums.paid, part.member, parseWire(part.amount, currency));
    for (const part of expense.shares) raise(sums.shares, part.member, parseWire(part.amount, currency));
  }

  result(): Spending[] {
    return [...this.sums].map(([currency, { total, categories, paid, shares, days }]) => ({
      currency,
      total,
      categories: [...categories]
        .map(([category, amount]) => ({ category, amount }))
        .sort((one, other) => descending(one.amount, other.amount)),
      members: [...new Set([...paid.keys(), ...shares.keys()])]
        .map((member) => ({ member, paid: paid.get(member) ?? 0n, share: shares.get(member) ?? 0n }))
        .sort((one, other) => descending(one.share, other.share)),
      days: [...days].map(([day, amount]) => ({ day, amount })).sort((one, other) => (one.day < other.day ? -1 : 1)),
    }));
  }
}

function raise<Name>(sums: Map<Name, bigint>, name: Name, by: bigint): void {
  sums.set(name, (sums.get(name) ?? 0n) + by);
}

function descending(one: bigint, other: bigint): number {
  return one === other ? 0 : one > other ? -1 : 1;
}

/**
 * Count only when asked: it takes a request for every page of expenses.
 *
 * Only the sums are kept, on this device too, so that ten thousand expenses weigh no more than ten.
 */
export function useSpending(event: EventOut) {
  const [progress, setProgress] = useState(0);
  const counted = useQuery({
    queryKey: ["event", event.id, "spending"],
    queryFn: ({ signal }) => count(event, signal, setProgress),
    enabled: false,
  });
  return { counted, progress };
}

async function count(event: EventOut, signal: AbortSignal, say: (expenses: number) => void): Promise<Counted> {
  const counter = new Counter();
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const params = { path: { event_id: event.id }, query };
    const page: { items: ExpenseOut[]; next_cursor: string | null } = await answer(
      api.GET("/v1/events/{event_id}/expenses", { params, signal }),
    );
    for (const expense of page.items) counter.add(expense);
    cursor = page.next_cursor;
    say(counter.expenses);
  } while (cursor !== null);
  return { seq: event.seq, expenses: counter.expenses, spending: counter.result() };
}
