import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { EventOut, ExpenseIn, ExpenseOut } from "../../api/client";
import { expenseQuery, nameOf } from "../../data/events";
import { outbox } from "../../data/outbox/outbox";
import type { Waiting } from "../../data/outbox/waiting";
import { type Key, type Text, useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { formatMoney } from "../../ui/money";
import { Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { differences, merged, type Part, type Side } from "./merge";

/** Somebody was faster: yours, theirs, or the one with parts of the other. */
export function ConflictDialog(props: { event: EventOut; waiting: Waiting; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const { event, waiting, onClose } = props;
  const current = useQuery({ ...expenseQuery(event.id, waiting.change.id), staleTime: 0, refetchOnMount: "always" });
  const { change } = waiting;
  // What is kept may be what was edited, and no choice can be made between that and itself.
  const theirs = current.isFetchedAfterMount && current.error === null ? current.data : undefined;
  return (
    <Dialog title={t("conflict.title")} onClose={onClose} wide>
      {theirs === undefined && current.error === null && <Skeleton />}
      {current.error !== null && <Notice tone="warn">{wording(current.error, text)}</Notice>}
      {theirs !== undefined && change.kind === "expense.edit" && (
        <Compare
          key={theirs.version}
          event={event}
          waiting={waiting}
          base={change.base}
          yours={change.body}
          theirs={theirs}
          onClose={onClose}
        />
      )}
      {theirs !== undefined && (change.kind === "expense.delete" || change.kind === "expense.restore") && (
        <Insist event={event} waiting={waiting} theirs={theirs} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Compare(props: {
  event: EventOut;
  waiting: Waiting;
  base: ExpenseOut;
  yours: ExpenseIn;
  theirs: ExpenseOut;
  onClose: () => void;
}) {
  const { event, waiting, base, yours, theirs, onClose } = props;
  const text = useText();
  const { t } = text;
  const found = differences(base, yours, theirs);
  // Between something and nothing there is nothing to choose part by part.
  const differing = theirs.deleted ? [] : found;
  const [chosen, setChosen] = useState<Partial<Record<Part, Side>>>(() =>
    Object.fromEntries(found.map(({ part, only }) => [part, only ?? "yours"])),
  );
  const save = async () => {
    const body = merged(yours, theirs, chosen);
    const { id, version } = theirs;
    if (theirs.deleted) await outbox.mend(waiting.order, { kind: "expense.restore", id, version, base: theirs });
    const edit = { kind: "expense.edit", id, body, version, base: theirs } as const;
    // Brought back first, it is one version on by then.
    if (theirs.deleted) await outbox.put(event.id, { ...edit, version: version + 1 });
    else await outbox.mend(waiting.order, edit);
    onClose();
  };
  const all = (side: Side) => setChosen(Object.fromEntries(found.map(({ part }) => [part, side])));
  return (
    <div className="grid gap-4">
      <p>{t(theirs.deleted ? "conflict.they_deleted" : "conflict.what")}</p>
      {differing.map(({ part }) => (
        <Choice
          key={part}
          part={part}
          yours={written(part, yours, event, text)}
          theirs={written(part, theirs, event, text)}
          side={chosen[part] ?? "yours"}
          onSide={(side) => setChosen((former) => ({ ...former, [part]: side }))}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => void save()}>
          {t(theirs.deleted ? "conflict.bring_back" : "conflict.save")}
        </Button>
        {!theirs.deleted && <Button onClick={() => all("yours")}>{t("conflict.all_yours")}</Button>}
        <Button onClick={() => void outbox.discard(waiting.order).then(onClose)}>{t("conflict.keep_theirs")}</Button>
      </div>
    </div>
  );
}

function Choice(props: { part: Part; yours: string; theirs: string; side: Side; onSide: (side: Side) => void }) {
  const { t } = useText();
  const id = useId();
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t(`conflict.part.${props.part}` as Key)}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {(["yours", "theirs"] as const).map((side) => (
          <label
            key={side}
            className="flex min-h-11 items-start gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-tint"
          >
            <input
              type="radio"
              className="mt-1 size-5 accent-(--accent)"
              name={id}
              checked={props.side === side}
              onChange={() => props.onSide(side)}
            />
            <span>
              <span className="block text-sm text-quiet">{t(`conflict.${side}`)}</span>
              <span className="whitespace-pre-line">{props[side]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Yours was to delete or to bring back what somebody changed meanwhile. */
function Insist(props: { event: EventOut; waiting: Waiting; theirs: ExpenseOut; onClose: () => void }) {
  const { t, locale } = useText();
  const { waiting, theirs, onClose } = props;
  const { change } = waiting;
  const insist = async () => {
    if (change.kind !== "expense.delete" && change.kind !== "expense.restore") return;
    await outbox.mend(waiting.order, { ...change, version: theirs.version, base: theirs });
    onClose();
  };
  return (
    <div className="grid gap-4">
      <p>
        {t("conflict.changed", {
          name: theirs.description,
          amount: formatMoney(theirs.amount, theirs.currency, locale),
        })}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" onClick={() => void insist()}>
          {t(change.kind === "expense.delete" ? "conflict.delete" : "expense.restore")}
        </Button>
        <Button onClick={() => void outbox.discard(waiting.order).then(onClose)}>{t("conflict.keep_theirs")}</Button>
      </div>
    </div>
  );
}

function written(part: Part, content: ExpenseIn | ExpenseOut, event: EventOut, { t, locale, date }: Text): string {
  switch (part) {
    case "description":
      return content.description;
    case "date":
      return content.date ? date(content.date) : "";
    case "category":
      return content.category ?? t("history.nothing");
    case "notes":
      return content.notes ?? t("history.nothing");
    case "money": {
      const currency = content.currency ?? event.currency;
      const paid = typeof content.paid_by === "number" ? [{ member: content.paid_by }] : content.paid_by;
      const names = paid.map((each) => nameOf(event, each.member)).join(", ");
      const split = content.split === undefined ? "" : t(`split.${content.split.type}` as Key);
      return `${formatMoney(String(content.amount), currency, locale)}\n${t("expense.paid_by")}: ${names}\n${split}`;
    }
  }
}
