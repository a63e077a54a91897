import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { EventOut, ExpenseOut } from "../../api/client";
import { newId } from "../../api/ids";
import { expenseQuery, useSelf, useSelfKnown } from "../../data/events";
import { outbox } from "../../data/outbox/outbox";
import { useWaiting } from "../../data/outbox/use-outbox";
import type { Change, Waiting } from "../../data/outbox/waiting";
import { useText } from "../../i18n";
import { AmountField } from "../../ui/amount-field";
import { Button } from "../../ui/button";
import { CurrencyBeside } from "../../ui/currency-picker";
import { Dialog } from "../../ui/dialog";
import { TextArea, TextField } from "../../ui/field";
import { Notice, Skeleton } from "../../ui/parts";
import { toast } from "../../ui/toast";
import { wording } from "../../ui/wording";
import { type Content, contentOf, type Draft, draftOf, freshDraft, type Read, readDraft } from "./draft";
import { differences } from "./merge";
import { PayersEditor } from "./payers-editor";
import { SplitEditor } from "./split-editor";

const CATEGORIES = ["food", "groceries", "transport", "stay", "fun", "home", "other"] as const;

interface Wanted {
  event: EventOut;
  /** The expense that is edited, or copied; none for a new one. */
  expenseId?: string;
  copy?: boolean;
  onClose: () => void;
}

/** Add an expense, change one, or begin one like another. */
export function ExpenseForm({ event, expenseId, copy = false, onClose }: Wanted) {
  const { t } = useText();
  const title = t(expenseId === undefined || copy ? "expense.add" : "expense.edit");
  const known = useSelfKnown();
  return (
    <Dialog title={title} onClose={onClose} wide>
      {!known ? (
        <Skeleton />
      ) : expenseId === undefined ? (
        <Fields event={event} onClose={onClose} />
      ) : (
        <Known event={event} expenseId={expenseId} copy={copy} onClose={onClose} />
      )}
    </Dialog>
  );
}

export default ExpenseForm;

/** Begin from what is known of an expense: what waits to be sent of it, else what the server has. */
function Known({ event, expenseId, copy, onClose }: Wanted & { expenseId: string }) {
  const text = useText();
  const waiting = useWaiting(event.id).findLast((each) => each.change.id === expenseId);
  const sent = useQuery({ ...expenseQuery(event.id, expenseId), enabled: waiting?.change.kind !== "expense.add" });
  // Held as they were when this opened: what comes from others meanwhile must not change what one types.
  const held = useRef<{ content: Content; base: ExpenseOut | undefined; waiting: Waiting | undefined }>(undefined);
  const kept = sent.data === undefined ? undefined : contentOf(sent.data);
  const content = waiting !== undefined && "body" in waiting.change ? (waiting.change.body as Content) : kept;
  if (held.current === undefined && content !== undefined) held.current = { content, base: sent.data, waiting };
  if (held.current === undefined) {
    return sent.error === null ? <Skeleton /> : <Notice tone="warn">{wording(sent.error, text)}</Notice>;
  }
  return copy ? (
    <Fields event={event} content={{ ...held.current.content, date: null }} onClose={onClose} />
  ) : (
    <Fields
      event={event}
      content={held.current.content}
      editing={{ id: expenseId, ...held.current }}
      onClose={onClose}
    />
  );
}

interface Editing {
  id: string;
  base: ExpenseOut | undefined;
  waiting: Waiting | undefined;
}

function Fields(props: { event: EventOut; content?: Content; editing?: Editing; onClose: () => void }) {
  const { event, content, editing, onClose } = props;
  const text = useText();
  const { t, locale } = text;
  const self = useSelf(event)?.member;
  const [draft, setDraft] = useState<Draft>(() =>
    content === undefined ? freshDraft(event, self, locale) : draftOf(content, event, self, locale),
  );
  const [strict, setStrict] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = useRef<HTMLInputElement>(null);
  const id = useId();
  const change = (changed: Partial<Draft>) => setDraft((former) => ({ ...former, ...changed }));
  const read = readDraft(draft, event, locale);
  // Where it took a moment to know the expense, the dialog is open already.
  useEffect(() => form.current?.querySelector<HTMLElement>("[data-focus]")?.focus(), []);
  async function save(submitted: FormEvent) {
    submitted.preventDefault();
    if (read.body === undefined) {
      setStrict(true);
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-problem]")?.focus(),
      );
      return;
    }
    if (changesNothing(read.body, editing)) return onClose();
    await put(event.id, read, editing);
    toast({ text: t("expense.saved", { name: read.body.description }) });
    onClose();
  }
  return (
    <form ref={form} onSubmit={(submitted) => void save(submitted)} noValidate className="grid gap-4">
      <AmountField
        data-focus
        id={`${id}-amount`}
        label={t("expense.amount")}
        className="py-1.5 text-2xl leading-7 font-semibold"
        value={draft.amount}
        currency={draft.currency}
        reading={read.total}
        strict={strict}
        keys
        onKeyDown={(pressed) => {
          // "Next" on the keys of a phone, as long as there is something to go on to.
          if (pressed.key !== "Enter" || draft.description !== "") return;
          pressed.preventDefault();
          title.current?.focus();
        }}
        aside={
          <CurrencyBeside value={draft.currency} own={event.currency} onChange={(currency) => change({ currency })} />
        }
        onValue={(value) => change({ amount: value })}
      />
      <TextField
        ref={title}
        label={t("expense.description")}
        value={draft.description}
        maxLength={200}
        autoComplete="off"
        enterKeyHint="done"
        error={strict && draft.description.trim() === "" ? t("say.required") : undefined}
        onChange={(typed) => change({ description: typed.target.value })}
      />
      <PayersEditor {...{ event, draft, read, change }} />
      <SplitEditor {...{ event, draft, read, strict, change }} />
      <MoreFields {...{ draft, change }} />
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex gap-2 border-t border-line bg-surface p-4">
        <Button type="submit" look="primary" className="grow">
          {t("do.save")}
        </Button>
        <Button onClick={onClose}>{t("do.cancel")}</Button>
      </div>
    </form>
  );
}

function MoreFields({ draft, change }: { draft: Draft; change: (changed: Partial<Draft>) => void }) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={t("expense.date")}
        type="date"
        required
        value={draft.date}
        onChange={(typed) => change({ date: typed.target.value || draft.date })}
      />
      <TextField
        label={`${t("expense.category")} (${t("say.optional")})`}
        list={`${id}-categories`}
        maxLength={50}
        value={draft.category}
        onChange={(typed) => change({ category: typed.target.value })}
      />
      <datalist id={`${id}-categories`}>
        {CATEGORIES.map((category) => (
          <option key={category} value={t(`category.${category}`)} />
        ))}
      </datalist>
      <div className="sm:col-span-2">
        <TextArea
          label={`${t("expense.notes")} (${t("say.optional")})`}
          maxLength={2000}
          value={draft.notes}
          onChange={(typed) => change({ notes: typed.target.value })}
        />
      </div>
    </div>
  );
}

/** What is saved as it is known already is no change: nobody should read of it in the history. */
function changesNothing(body: NonNullable<Read["body"]>, editing: Editing | undefined): boolean {
  if (editing?.base === undefined || editing.waiting !== undefined) return false;
  return differences(editing.base, body, editing.base).length === 0;
}

/** Hand it to the queue: it is safe on this device then, and sent as soon as the server can be reached. */
async function put(eventId: string, read: Read, editing: Editing | undefined): Promise<void> {
  if (read.body === undefined) return;
  const change = changeOf(read.body, editing);
  // What was refused is mended in its place; its key was used up by the refusal.
  if (editing?.waiting?.trouble !== undefined) await outbox.mend(editing.waiting.order, change);
  else await outbox.put(eventId, change);
}

function changeOf(body: NonNullable<Read["body"]>, editing: Editing | undefined): Change {
  if (editing === undefined) return { kind: "expense.add", id: newId(), body };
  const former = editing.waiting?.change;
  if (former?.kind === "expense.add") return { kind: "expense.add", id: editing.id, body };
  if (former?.kind === "expense.edit") return { ...former, body };
  if (editing.base === undefined) throw new Error("An expense that is edited is known.");
  return { kind: "expense.edit", id: editing.id, body, version: editing.base.version, base: editing.base };
}
