/** Ask how an event can be settled and why, and what was paid back; begin and end its settling. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api, type EventOut, type Schemas, type SettlementOut } from "../api/client";
import type { Currency } from "../money/currency";
import { eventQuery, refreshEvent } from "./events";
import { queries } from "./query";

export type Plan = Schemas["EventPlanOut"];
export type Strategy = Plan["strategy"];
export type Explanation = Schemas["ExplanationOut"];
export type Piece = Schemas["PieceOut"];
export type DebtLink = Schemas["LinkOut"];
export type Method = SettlementOut["method"];

export const STRATEGIES = ["fewest", "direct", "cycle_free", "familiar", "cheapest", "hub"] as const;
export const METHODS = ["cash", "bank", "upi", "card", "other"] as const;

/** What is asked of a plan; what is missing is as the event settles. */
export interface Asked {
  strategy?: Strategy;
  hub?: number;
  round_to?: string;
}

export const planQuery = (eventId: string, asked: Asked) =>
  queryOptions({
    queryKey: ["event", eventId, "plan", asked],
    queryFn: () =>
      answer(api.GET("/v1/events/{event_id}/plan", { params: { path: { event_id: eventId }, query: asked } })),
    placeholderData: keepPreviousData,
  });

export interface Pair {
  from: number;
  to: number;
  currency: string;
}

export const explanationQuery = (eventId: string, asked: Asked, { from, to, currency }: Pair) =>
  queryOptions({
    queryKey: ["event", eventId, "explanation", asked, from, to, currency],
    queryFn: () => {
      const query = { ...asked, from, to, currency: currency as Currency };
      return answer(api.GET("/v1/events/{event_id}/plan/explain", { params: { path: { event_id: eventId }, query } }));
    },
  });

/** What was paid back, newest first, a page at a time. */
export const settlementsQuery = (eventId: string) =>
  infiniteQueryOptions({
    queryKey: ["event", eventId, "settlements"],
    queryFn: ({ pageParam }) => {
      const query = { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET("/v1/events/{event_id}/settlements", { params: { path: { event_id: eventId }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

const keyed = (key: string) => ({ "Idempotency-Key": key });

function noteEvent(event: EventOut): EventOut {
  queries.setQueryData(eventQuery(event.id).queryKey, event);
  void refreshEvent(event.id);
  return event;
}

/** Stop taking expenses, and hold on to a plan. */
export async function settle(eventId: string, asked: Asked, key: string): Promise<EventOut> {
  const params = { path: { event_id: eventId }, header: keyed(key) };
  return noteEvent(await answer(api.PUT("/v1/events/{event_id}/settle", { params, body: { ...asked, locked: [] } })));
}

export async function reopen(eventId: string, key: string): Promise<EventOut> {
  const params = { path: { event_id: eventId }, header: keyed(key) };
  return noteEvent(await answer(api.POST("/v1/events/{event_id}/reopen", { params })));
}

export async function reverse(settlement: SettlementOut, reason: string, key: string): Promise<SettlementOut> {
  const { event_id, id } = settlement;
  const params = { path: { event_id, settlement_id: id }, header: keyed(key) };
  const path = "/v1/events/{event_id}/settlements/{settlement_id}/reverse";
  const reversed = await answer(api.POST(path, { params, body: { reason } }));
  await refreshEvent(event_id);
  return reversed;
}
