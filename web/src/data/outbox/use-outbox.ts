import { useMemo, useSyncExternalStore } from "react";
import { outbox } from "./outbox";
import type { Waiting } from "./waiting";

export function useOutbox(): readonly Waiting[] {
  return useSyncExternalStore(outbox.subscribe, outbox.snapshot);
}

/** How many changes wait here of people who are not signed in now. */
export function useOthersWaiting(): number {
  return useSyncExternalStore(outbox.subscribe, outbox.countOthers);
}

export function useWaiting(eventId: string): readonly Waiting[] {
  const all = useOutbox();
  return useMemo(() => all.filter((each) => each.event_id === eventId), [all, eventId]);
}
