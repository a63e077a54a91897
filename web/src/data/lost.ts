/** Let go of what whoever is here may not see any more, and notice when a sign-in has ended. */
import { Refused } from "../api/client";
import { seatsQuery } from "./events";
import { forgetEvent, queries } from "./query";
import { sessionQuery } from "./session";
import { store } from "./store";

/** Refused for good: not signed in, not allowed, not there. */
const LOST = new Set([401, 403, 404]);

export function isLost(error: unknown): boolean {
  // Where it is no problem of ours, something on the way answered.
  return error instanceof Refused && LOST.has(error.status) && error.code !== "http";
}

export function followRefusals(): void {
  queries.getQueryCache().subscribe((happened) => {
    if (happened.type !== "updated" || happened.action.type !== "error") return;
    const { error } = happened.action;
    const [scope, eventId] = happened.query.queryKey;
    if (!isLost(error)) return;
    if ((error as Refused).status === 401) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    if (scope === "event" && happened.query.queryKey.length === 2) void lose(String(eventId));
  });
}

/** What waits to be sent stays: who comes in again by the same seat sends it. */
async function lose(eventId: string): Promise<void> {
  await forgetEvent(eventId);
  // Who is signed in was refused as themselves; it says nothing about the guest they were here.
  if ((await queries.fetchQuery(sessionQuery)) !== null) return;
  await (await store()).delete("seats", eventId);
  await queries.invalidateQueries({ queryKey: seatsQuery.queryKey });
}
