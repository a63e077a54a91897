/** Ask what happened in an event: its journal, newest first, in blocks that never change once they are full. */
import { queryOptions, useQueries } from "@tanstack/react-query";
import { answer, api, type EventOut, type Schemas } from "../api/client";
import { troubleOf } from "./trouble";

export type Entry = Schemas["EntryOut"];

export const BLOCK = 50;

/** Full blocks that were asked for since this page was opened: nothing in them will ever change. */
const whole = new Map<string, Entry[]>();

/** The entries from `index * BLOCK + 1` on, oldest first; they are numbered without gaps. */
export const blockQuery = (eventId: string, index: number) =>
  queryOptions({
    queryKey: ["event", eventId, "journal", index],
    queryFn: async (): Promise<Entry[]> => {
      const known = whole.get(`${eventId}/${index}`);
      if (known !== undefined) return known;
      const params = { path: { event_id: eventId }, query: { after: index * BLOCK, limit: BLOCK } };
      const headers = { Accept: "application/json" };
      const page = await answer(api.GET("/v1/events/{event_id}/journal", { params, headers }));
      const items = typeof page === "string" ? [] : page.items;
      if (items.length === BLOCK) whole.set(`${eventId}/${index}`, items);
      return items;
    },
  });

/** The newest blocks of the journal, as many as are wanted, with their entries newest first. */
export function useJournal(event: EventOut, wanted: number) {
  const newest = Math.floor((Math.max(1, event.seq) - 1) / BLOCK);
  const oldest = Math.max(0, newest - wanted + 1);
  const indices = Array.from({ length: newest - oldest + 1 }, (_, place) => newest - place);
  const blocks = useQueries({ queries: indices.map((index) => blockQuery(event.id, index)) });
  const missing = blocks.filter((block) => block.data === undefined);
  return {
    entries: blocks.flatMap((block) => [...(block.data ?? [])].reverse()),
    error: missing.map(troubleOf).find((trouble) => trouble !== null) ?? null,
    isLoading: missing.some((block) => troubleOf(block) === null),
    hasMore: oldest > 0,
    retry: () => void Promise.all(blocks.map((block) => block.refetch())),
  };
}
