/** Ask who owes whom, where each member stands, and why. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import type { Currency } from "../money/currency";

export type PaymentOut = Schemas["PaymentOut"];
export type PositionOut = Schemas["PositionOut"];
export type StatementLine = Schemas["StatementLine"];

const LINES = 100;

export const balancesQuery = (eventId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "balances"],
    queryFn: async () => {
      const params = { path: { event_id: eventId } };
      return (await answer(api.GET("/v1/events/{event_id}/balances", { params }))).balances;
    },
  });

export const positionsQuery = (eventId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "positions"],
    queryFn: async () => {
      const params = { path: { event_id: eventId } };
      return (await answer(api.GET("/v1/events/{event_id}/positions", { params }))).positions;
    },
  });

/** Everything that makes a member's net what it is, oldest first, a page at a time. */
export const statementQuery = (eventId: string, member: number, currency: string) =>
  infiniteQueryOptions({
    queryKey: ["event", eventId, "statement", member, currency],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const query = { member, currency: currency as Currency, limit: LINES, ...cursor };
      return answer(api.GET("/v1/events/{event_id}/statement", { params: { path: { event_id: eventId }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount);
}

export function isNegative(amount: string): boolean {
  return amount.startsWith("-") && !isZero(amount);
}

/** List currencies as an event shows them: its own first. */
export function currenciesOf(lines: readonly { currency: string }[], own: string): string[] {
  const found = [...new Set(lines.map((line) => line.currency))].sort();
  return found.sort((one, other) => Number(other === own) - Number(one === own));
}
