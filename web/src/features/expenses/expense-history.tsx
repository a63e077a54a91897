import { useQuery } from "@tanstack/react-query";
import type { EventOut, ExpenseIn, ExpenseOut, Schemas } from "../../api/client";
import { historyQuery, useRole } from "../../data/events";
import { outbox } from "../../data/outbox/outbox";
import { type Key, useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Money } from "../../ui/money";
import { Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { Differences } from "../activity/differences";
import { usePeople } from "../balances/people";
import { contentOf } from "./draft";

type Version = Schemas["HistoryItem"];

/** Every version of an expense with what changed, and a way back to each. */
export function ExpenseHistory({ event, expense }: { event: EventOut; expense: ExpenseOut }) {
  const text = useText();
  const { data, error } = useQuery(historyQuery(event.id, expense.id));
  if (data === undefined)
    return error === null ? <Skeleton lines={2} /> : <Notice tone="warn">{wording(error, text)}</Notice>;
  const versions = [...data.items].reverse();
  return (
    <ol className="grid gap-3">
      {versions.map((version) => (
        <Entry key={version.seq} {...{ event, expense, version }} />
      ))}
    </ol>
  );
}

function Entry({ event, expense, version }: { event: EventOut; expense: ExpenseOut; version: Version }) {
  const { t, moment } = useText();
  const people = usePeople(event);
  const role = useRole(event);
  const may = role !== "viewer" && (event.status === "new" || event.status === "active");
  const former = version.version < expense.version && version.change !== "deleted";
  return (
    <li className="border-s-2 border-line ps-3">
      <p>
        <strong>{version.by.name}</strong> · {t(`history.${version.change}` as Key)}
      </p>
      <p className="text-sm text-quiet">{moment(version.at)}</p>
      {version.change === "created" ? (
        <Money amount={version.expense.amount} currency={version.expense.currency} className="text-sm" />
      ) : (
        <div className="text-sm">
          <Differences people={people} changes={version.diff} currency={version.expense.currency} />
        </div>
      )}
      {may && former && !expense.deleted && (
        <Button look="quiet" onClick={() => void bringBack(event.id, expense, version.expense)}>
          {t("history.restore")}
        </Button>
      )}
    </li>
  );
}

/** Record the content of a former version anew: history only grows. */
function bringBack(eventId: string, expense: ExpenseOut, former: ExpenseOut): Promise<void> {
  const body = contentOf(former) as ExpenseIn;
  return outbox.put(eventId, { kind: "expense.edit", id: expense.id, body, version: expense.version, base: expense });
}
