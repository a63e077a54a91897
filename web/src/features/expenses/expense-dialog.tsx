import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EventOut, ExpenseOut } from "../../api/client";
import { expenseQuery, nameOf, useRole } from "../../data/events";
import { asExpense } from "../../data/outbox/fold";
import { outbox } from "../../data/outbox/outbox";
import { overlay, type Shown } from "../../data/outbox/overlay";
import { useWaiting } from "../../data/outbox/use-outbox";
import { type Key, type Text, useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Money } from "../../ui/money";
import { Notice, Skeleton } from "../../ui/parts";
import { toast } from "../../ui/toast";
import { wording } from "../../ui/wording";
import { ExpenseHistory } from "./expense-history";

/** One expense: what it was, who paid, whose part is what; and what may be done with it. */
export default function ExpenseDialog(props: { event: EventOut; expenseId: string; onClose: () => void }) {
  const { event, expenseId, onClose } = props;
  const text = useText();
  const { t } = text;
  const waiting = useWaiting(event.id).findLast((each) => each.change.id === expenseId);
  const isNew = waiting?.change.kind === "expense.add";
  const sent = useQuery({ ...expenseQuery(event.id, expenseId), enabled: !isNew });
  const [shown] = overlay(
    sent.data === undefined ? [] : [sent.data],
    waiting === undefined ? [] : [waiting],
    event.currency,
  );
  return (
    <Dialog title={shown?.description ?? t("expense.title")} onClose={onClose}>
      {shown === undefined && sent.error === null && <Skeleton />}
      {shown === undefined && sent.error !== null && <Notice tone="warn">{wording(sent.error, text)}</Notice>}
      {shown !== undefined && (
        <div className="grid gap-4">
          <Facts event={event} expense={shown} sent={sent.data} />
          <Deeds event={event} expense={shown} sent={sent.data} onClose={onClose} />
          {sent.data !== undefined && <Past event={event} expense={sent.data} />}
        </div>
      )}
    </Dialog>
  );
}

function Facts({ event, expense, sent }: { event: EventOut; expense: Shown; sent: ExpenseOut | undefined }) {
  const { t, date, moment } = useText();
  return (
    <>
      <p className="text-3xl font-bold">
        <Money amount={expense.amount} currency={expense.currency} className={expense.deleted ? "line-through" : ""} />
      </p>
      {expense.deleted && <Notice tone="warn">{t("expense.is_deleted")}</Notice>}
      {expense.waiting !== undefined && <Notice>{t("say.pending")}</Notice>}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <Fact name={t("expense.date")}>{date(expense.date, { dateStyle: "full" })}</Fact>
        {expense.category !== null && <Fact name={t("expense.category")}>{expense.category}</Fact>}
        {sent?.notes && <Fact name={t("expense.notes")}>{sent.notes}</Fact>}
        {sent !== undefined && (
          <Fact name={t("expense.recorded")}>
            {sent.created_by.name}, {moment(sent.created_at)}
          </Fact>
        )}
      </dl>
      <Parts title={t("expense.paid_by")} event={event} parts={expense.paid_by} currency={expense.currency} />
      {expense.shares !== undefined && sent !== undefined && (
        <Parts
          title={`${t("split.shares")} · ${t(`split.${sent.split.type}` as Key)}`}
          event={event}
          parts={expense.shares}
          currency={expense.currency}
        />
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="whitespace-pre-line">{children}</dd>
    </>
  );
}

function Parts(props: {
  title: string;
  event: EventOut;
  parts: { member: number; amount: string }[];
  currency: string;
}) {
  return (
    <section>
      <h3 className="text-sm font-medium text-quiet">{props.title}</h3>
      <ul>
        {props.parts.map((part) => (
          <li key={part.member} className="flex justify-between gap-3 py-1">
            <span>{nameOf(props.event, part.member)}</span>
            <Money amount={part.amount} currency={props.currency} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Deeds(props: { event: EventOut; expense: Shown; sent: ExpenseOut | undefined; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const { event, expense, sent, onClose } = props;
  const role = useRole(event);
  const open = event.status === "new" || event.status === "active";
  if (!open || role === "viewer") return null;
  const path = `/events/${event.id}/expenses/${expense.id}`;
  if (expense.deleted) {
    if (sent === undefined || expense.waiting !== undefined) return null;
    return <Button onClick={() => void restore(event.id, sent).then(onClose)}>{t("expense.restore")}</Button>;
  }
  return (
    <div className="flex flex-wrap gap-2">
      <LinkButton to={`${path}/edit`} look="primary">
        {t("do.edit")}
      </LinkButton>
      <LinkButton to={`${path}/copy`}>{t("expense.copy")}</LinkButton>
      <Button
        look="danger"
        onClick={() => {
          void remove(event.id, expense, sent, text);
          onClose();
        }}
      >
        {t("do.delete")}
      </Button>
    </div>
  );
}

async function remove(eventId: string, expense: Shown, sent: ExpenseOut | undefined, { t }: Text): Promise<void> {
  const former = expense.waiting?.change;
  const base = former?.kind === "expense.add" ? asExpense(former.id, former.body, 1) : sent;
  if (base === undefined) return;
  await outbox.put(eventId, { kind: "expense.delete", id: base.id, version: base.version, base });
  const undo = async () => {
    // What waited and is not at the server went with the deletion, and comes back with it.
    const isSent = expense.waiting?.attempted && expense.waiting.trouble === undefined;
    const unsent = former !== undefined && "body" in former && !isSent ? former : undefined;
    if (unsent?.kind !== "expense.add") {
      await restore(eventId, { ...base, version: base.version + 1, deleted: true });
    }
    if (unsent !== undefined) await outbox.put(eventId, unsent);
  };
  const action = { label: t("do.undo"), run: () => void undo() };
  toast({ text: t("expense.deleted", { name: expense.description }), action });
}

function restore(eventId: string, deleted: ExpenseOut): Promise<void> {
  return outbox.put(eventId, { kind: "expense.restore", id: deleted.id, version: deleted.version, base: deleted });
}

function Past({ event, expense }: { event: EventOut; expense: ExpenseOut }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
      <summary className="min-h-11 cursor-pointer py-2 text-quiet">{t("expense.history")}</summary>
      {open && <ExpenseHistory event={event} expense={expense} />}
    </details>
  );
}
