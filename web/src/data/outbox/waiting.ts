/** Define what waits to be sent: complete requests with their keys, so that sending one twice does what once does. */
import type { ExpenseIn, ExpenseOut, Schemas } from "../../api/client";

export type SettlementIn = Schemas["SettlementIn"];

export type Change =
  | { kind: "expense.add"; id: string; body: ExpenseIn }
  | { kind: "expense.edit"; id: string; body: ExpenseIn; version: number; base: ExpenseOut }
  | { kind: "expense.delete"; id: string; version: number; base: ExpenseOut }
  | { kind: "expense.restore"; id: string; version: number; base: ExpenseOut }
  | { kind: "settlement.add"; id: string; body: SettlementIn };

export interface Trouble {
  /** `conflict`: somebody was faster; `refused`: it can't be recorded as it is. */
  kind: "conflict" | "refused";
  code: string;
  detail: string;
  problem: Schemas["Problem"];
}

export interface Waiting {
  /** Where it stands in the queue; given by IndexedDB. */
  order: number;
  /** The idempotency key: it stays the same however often this is sent, and is new when the content is. */
  key: string;
  event_id: string;
  /** Who made it: nobody else sees it, and it is sent as nobody else. */
  by: string;
  change: Change;
  at: number;
  /** It was sent once at least: the server may have it, so its content stays as it is. */
  attempted?: boolean;
  trouble?: Trouble;
}

/** Who waits in front of a change, by the thing it changes: what depends on it is not sent before. */
export function thingOf(waiting: Waiting): string {
  return `${waiting.by}/${waiting.event_id}/${waiting.change.id}`;
}
