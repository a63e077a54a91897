import { useState } from "react";
import type { EventOut } from "../../api/client";
import { type Entry, useJournal } from "../../data/activity";
import { useEvent } from "../../data/events";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { usePeople } from "../balances/people";
import { EntryRow } from "./entry-row";

/** Who did what, newest first; what others do appears by itself. */
export default function ActivityTab({ eventId }: { eventId: string }) {
  const event = useEvent(eventId).data;
  return event === undefined ? null : <Journal event={event} />;
}

function Journal({ event }: { event: EventOut }) {
  const text = useText();
  const { t } = text;
  const people = usePeople(event);
  // The newest block may hold a single entry, so begin with two.
  const [wanted, setWanted] = useState(2);
  const { entries, error, isLoading, hasMore, retry } = useJournal(event, wanted);
  const formerOf = formerHeads(entries);
  return (
    <div className="grid grid-cols-1 gap-4">
      <h2 className="sr-only">{t("event.tab.activity")}</h2>
      <ol className="grid gap-1">
        {entries.map((entry) => (
          <EntryRow key={entry.seq} people={people} entry={entry} former={formerOf.get(entry.seq)} />
        ))}
      </ol>
      {isLoading && <Skeleton lines={entries.length > 0 ? 1 : 4} />}
      {error !== null && (
        <Notice tone="warn" action={<Button onClick={retry}>{t("do.retry")}</Button>}>
          {wording(error, text)}
        </Notice>
      )}
      {hasMore && !isLoading && <Button onClick={() => setWanted(wanted + 1)}>{t("do.more")}</Button>}
    </div>
  );
}

export type Head = Record<string, unknown>;

/** An entry tells what the event became; what it was before, the entry before it that touched it tells. */
function formerHeads(entries: readonly Entry[]): Map<number, Head> {
  const found = new Map<number, Head>();
  let later: number | undefined;
  for (const { seq, data } of entries) {
    const head = (data as { event?: Head }).event;
    if (head === undefined) continue;
    if (later !== undefined) found.set(later, head);
    later = seq;
  }
  return found;
}
