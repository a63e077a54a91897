/** Ask for data once, keep it while it is fresh, and remember on this device what was seen last. */
import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { Refused } from "../api/client";
import { store } from "./store";

const KEPT_FOR_MS = 60 * 24 * 3600 * 1000;

declare module "@tanstack/react-query" {
  interface Register {
    /** `keep` false: not remembered on this device. */
    queryMeta: { keep?: boolean };
  }
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: Number.POSITIVE_INFINITY,
      networkMode: "offlineFirst",
      retry: (failures, error) => !(error instanceof Refused) && failures < 2,
      retryDelay: (failures) => 500 * 2 ** failures,
    },
    mutations: { networkMode: "always" },
  },
});

/** Give the queries what was seen last on this device, and keep what is seen from now on. */
export async function rememberSeen(): Promise<void> {
  const database = await store();
  const now = Date.now();
  for (const kept of await database.getAll("kept")) {
    if (now - kept.at > KEPT_FOR_MS) void database.delete("kept", kept.key);
    // As if it were seen long ago: it is shown at once, and asked for anew.
    else queries.setQueryData(JSON.parse(kept.key) as QueryKey, kept.data, { updatedAt: 1 });
  }
  queries.getQueryCache().subscribe((happened) => {
    const { query } = happened;
    if (happened.type !== "updated" || happened.action.type !== "success" || query.meta?.keep === false) return;
    const kept = { key: JSON.stringify(query.queryKey), data: query.state.data, at: query.state.dataUpdatedAt };
    // Where there is no room for it, it is only not there the next time.
    void store()
      .then((opened) => opened.put("kept", kept))
      .catch(() => undefined);
  });
}

/** Forget all that is kept of one event, because one may not see it any more; that it was refused stays known. */
export async function forgetEvent(eventId: string): Promise<void> {
  const mine = ({ queryKey }: { queryKey: QueryKey }) => queryKey[0] === "event" && queryKey[1] === eventId;
  queries.removeQueries({ predicate: (query) => mine(query) && query.queryKey.length > 2 });
  queries
    .getQueryCache()
    .find({ queryKey: ["event", eventId], exact: true })
    ?.setState({ data: undefined });
  const database = await store();
  for (const key of await database.getAllKeys("kept")) {
    if (mine({ queryKey: JSON.parse(key) as QueryKey })) await database.delete("kept", key);
  }
}
