import { useEffect, useState } from "react";
import { newId } from "../../../api/ids";
import type { NewEvent } from "../../../data/members";
import type { Currency } from "../../../money/currency";

export const KINDS = ["trip", "dinner", "home", "couple", "project", "other"] as const satisfies NewEvent["kind"][];

/** An event that is being thought of. */
export interface Draft {
  /** The id it will have: kept with what is typed, so that it is made once even if the page is loaded anew. */
  id: string;
  name: string;
  kind: (typeof KINDS)[number];
  /** Null until somebody chooses. */
  currency: Currency | null;
  /** What the person who makes it is called there; null until they say. */
  me: string | null;
  people: string[];
  /** A name that is typed but not added yet. */
  typed: string;
  groupId: string | null;
}

const KEPT = "allsquare.new-event";

/** Keep what is typed for as long as the tab is there, for the account that typed it. */
export function useDraft(userId: string, groupId: string | null) {
  const [draft, setDraft] = useState(() => begin(userId, groupId));
  useEffect(() => sessionStorage.setItem(KEPT, JSON.stringify({ userId, draft })), [userId, draft]);
  return { draft, change: (change: Partial<Draft>) => setDraft((known) => ({ ...known, ...change })) };
}

export function forgetDraft(): void {
  sessionStorage.removeItem(KEPT);
}

function begin(userId: string, groupId: string | null): Draft {
  const fresh: Draft = {
    id: newId(),
    name: "",
    kind: "trip",
    currency: null,
    me: null,
    people: [],
    typed: "",
    groupId,
  };
  const draft = { ...fresh, ...kept(userId) };
  return groupId === null ? draft : { ...draft, groupId };
}

function kept(userId: string): Partial<Draft> {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as { userId: string; draft: Draft } | null;
    return found?.userId === userId ? found.draft : {};
  } catch {
    return {};
  }
}
