import { useQuery } from "@tanstack/react-query";
import type { EventOut, ExpenseIn, ExpenseOut, Schemas } from "../../api/client";
import { historyQuery, nameOf } from "../../data/events";
import { outbox } from "../../data/outbox/outbox";
import { type Key, type Text, useText } from "../../i18n";
import { Button } from "../../ui/button";
import { formatMoney, Money } from "../../ui/money";
import { Notice, Skeleton } from "../../ui/parts";
import { toast } from "../../ui/toast";
import { wording } from "../../ui/wording";
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
  const text = useText();
  const { t, moment } = text;
  const open = event.status === "new" || event.status === "active";
  const former = version.version < expense.version && version.change !== "deleted";
  return (
    <li className="border-s-2 border-line ps-3">
      <p>
        <strong>{version.by.name}</strong> · {t(`history.${version.change}` as Key)}
      </p>
      <p className="text-sm text-quiet">{moment(version.at)}</p>
      <ul className="text-sm">
        {version.diff.map((each) => (
          <li key={each.field}>
            {t("history.change", {
              field: fieldName(each.field, t),
              from: written(event, version.expense, each.field, each.from, text),
              to: written(event, version.expense, each.field, each.to, text),
            })}
          </li>
        ))}
        {version.change === "created" && (
          <li>
            <Money amount={version.expense.amount} currency={version.expense.currency} />
          </li>
        )}
      </ul>
      {open && former && !expense.deleted && (
        <Button
          look="quiet"
          onClick={() =>
            void bringBack(event.id, expense, version.expense).then(() => toast({ text: t("history.restored") }))
          }
        >
          {t("history.restore")}
        </Button>
      )}
    </li>
  );
}

export function fieldName(field: string, t: (key: Key) => string): string {
  const known: Record<string, Key> = {
    description: "expense.description",
    amount: "expense.amount",
    currency: "currency.label",
    date: "expense.date",
    category: "expense.category",
    notes: "expense.notes",
    paid_by: "expense.paid_by",
    split: "split.how",
    shares: "split.shares",
  };
  const key = known[field];
  return key === undefined ? field : t(key);
}

/** Write a value of a difference for people. */
function written(event: EventOut, expense: ExpenseOut, field: string, value: unknown, text: Text): string {
  const { locale, t } = text;
  if (value === null || value === undefined || value === "") return t("history.nothing");
  if (Array.isArray(value)) {
    return value
      .map((part: { member: number; amount?: string }) => {
        const amount = part.amount === undefined ? "" : ` ${formatMoney(part.amount, expense.currency, locale)}`;
        return `${nameOf(event, part.member)}${amount}`;
      })
      .join(", ");
  }
  if (typeof value === "object") {
    const { type } = value as { type?: string };
    return type === undefined ? JSON.stringify(value) : t(`split.${type}` as Key);
  }
  if (field === "amount") return formatMoney(String(value), expense.currency, locale);
  return field === "date" ? text.date(String(value)) : String(value);
}

/** Record the content of a former version anew: history only grows. */
function bringBack(eventId: string, expense: ExpenseOut, former: ExpenseOut): Promise<void> {
  const body = contentOf(former) as ExpenseIn;
  return outbox.put(eventId, { kind: "expense.edit", id: expense.id, body, version: expense.version, base: expense });
}
