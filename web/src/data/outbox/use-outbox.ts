import { useMemo, useSyncExternalStore } from "react";
import { outbox } from "./outbox";
import type { Waiting } from "./waiting";

export function useOutbox(): readonly Waiting[] {
  return useSyncExternalStore(outbox.subscribe, outbox.snapshot);
}

export function useWaiting(eventId: string): readonly Waiting[] {
  const all = useOutbox();
  return useMemo(() => all.filter((each) => each.event_id === eventId), [all, eventId]);
}
