import { type Key, type Text, useText } from "../../i18n";
import { formatMoney } from "../../ui/money";
import type { People } from "../balances/people";
import type { Head } from "./activity-tab";

/** One field in which two versions differ. */
export interface Change {
  field: string;
  from?: unknown;
  to?: unknown;
}

const FIELDS: Record<string, Key> = {
  description: "activity.field.description",
  amount: "expense.amount",
  currency: "currency.label",
  date: "expense.date",
  category: "expense.category",
  notes: "expense.notes",
  paid_by: "expense.paid_by",
  split: "activity.field.split",
  shares: "split.shares",
  name: "activity.field.name",
  kind: "activity.field.kind",
  simplify: "activity.field.settle",
  settle_by: "activity.field.settle",
  edit_by: "activity.field.edit",
};
/** What is plain when it is read; of the others only that they changed. */
const TOLD = ["name", "currency"];

/** Compare what an event was with what it became. */
export function eventChanges(kind: string, former: Head | undefined, now: Head | undefined): Change[] {
  if (kind !== "event.changed" || former === undefined || now === undefined) return [];
  const fields = Object.keys(FIELDS).filter(
    (field) => field in now && JSON.stringify(now[field]) !== JSON.stringify(former[field]),
  );
  return fields.map((field) => (TOLD.includes(field) ? { field, from: former[field], to: now[field] } : { field }));
}

export function Differences(props: { people: People; changes: Change[]; currency: string }) {
  const text = useText();
  const { t } = text;
  const { people, changes, currency } = props;
  const money = changes.find((change) => change.field === "currency");
  const before = typeof money?.from === "string" ? money.from : currency;
  return (
    <ul className="grid gap-1 border-s-2 border-line ps-3">
      {changes.filter(isTold).map((change) => {
        const field = FIELDS[change.field];
        const name = field === undefined ? change.field : t(field);
        if (change.from === undefined && change.to === undefined) return <li key={change.field}>{name}</li>;
        if (isParts(change.from) && isParts(change.to)) {
          const parts = partsChanged(change.from, change.to, { people, text, currency, before });
          return (
            <li key={change.field}>
              {name}: {parts.join(", ")}
            </li>
          );
        }
        return (
          <li key={change.field}>
            {t("activity.change", {
              field: name,
              from: written(change.field, change.from, before, text),
              to: written(change.field, change.to, currency, text),
            })}
          </li>
        );
      })}
    </ul>
  );
}

/** A split of the same kind is told by the shares that it comes to. */
function isTold({ field, from, to }: Change): boolean {
  return field !== "split" || typeOf(from) !== typeOf(to);
}

function typeOf(split: unknown): string | undefined {
  return (split as { type?: string } | null | undefined)?.type;
}

interface Part {
  member: number;
  amount: string;
}

function isParts(value: unknown): value is Part[] {
  return Array.isArray(value);
}

/** Of what each one paid or takes, only those are told for whom it changed. */
function partsChanged(
  from: Part[],
  to: Part[],
  { people, text, currency, before }: { people: People; text: Text; currency: string; before: string },
): string[] {
  const members = new Set([...from, ...to].map(({ member }) => member));
  return [...members].flatMap((member) => {
    const [was, is] = [from, to].map((parts) => parts.find((part) => part.member === member)?.amount);
    if (was === is && before === currency) return [];
    const [former, now] = [written("amount", was, before, text), written("amount", is, currency, text)];
    return [`${people.name(member)} ${former} → ${now}`];
  });
}

function written(field: string, value: unknown, currency: string, { t, date, locale }: Text): string {
  if (value === null || value === undefined || value === "") return t("activity.none");
  if (typeof value === "object") return t(`split.${typeOf(value)}` as Key);
  if (field === "amount") return formatMoney(String(value), currency, locale);
  return field === "date" ? date(String(value)) : String(value);
}
