import type { UseQueryResult } from "@tanstack/react-query";

/** Tell why there is no answer: offline, a question waits for the network instead of failing for good. */
export function troubleOf(query: Pick<UseQueryResult, "error" | "failureReason" | "fetchStatus">): Error | null {
  return query.error ?? (query.fetchStatus === "paused" ? query.failureReason : null);
}
