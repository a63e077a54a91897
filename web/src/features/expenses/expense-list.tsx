import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { EventOut } from "../../api/client";
import { nameOf, useSelf } from "../../data/events";
import type { Shown } from "../../data/outbox/overlay";
import { useText } from "../../i18n";
import { parseWire, toWire } from "../../money/amount";
import { ClockIcon, WarnIcon } from "../../ui/icons";
import { Money } from "../../ui/money";

const ROW_PX = 76;

/** The expenses, newest first: only those in sight are on the page, so that ten thousand scroll like ten. */
export function ExpenseList(props: { event: EventOut; expenses: Shown[]; more: (() => void) | undefined }) {
  const { t } = useText();
  const place = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(place.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: props.expenses.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: offset,
    getItemKey: (index) => props.expenses[index]?.id ?? index,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const { more } = props;
  useEffect(() => {
    if (last >= props.expenses.length - 20) more?.();
  }, [last, props.expenses.length, more]);
  return (
    <ul
      ref={place}
      aria-label={t("event.tab.expenses")}
      className="relative"
      style={{ blockSize: `${virtual.getTotalSize()}px` }}
    >
      {rows.map((row) => {
        const expense = props.expenses[row.index];
        if (expense === undefined) return null;
        return (
          <li
            key={row.key}
            ref={virtual.measureElement}
            data-index={row.index}
            aria-setsize={props.expenses.length}
            aria-posinset={row.index + 1}
            className="absolute inset-x-0 top-0 pb-2"
            style={{ transform: `translateY(${row.start - offset}px)` }}
          >
            <ExpenseRow event={props.event} expense={expense} />
          </li>
        );
      })}
    </ul>
  );
}

function ExpenseRow({ event, expense }: { event: EventOut; expense: Shown }) {
  const text = useText();
  const { t, date } = text;
  const first = expense.paid_by[0]?.member ?? 0;
  // Of another year it must be said which.
  const year = expense.date.slice(0, 4) === String(new Date().getFullYear()) ? {} : ({ year: "numeric" } as const);
  const payer = expense.paid_by.length === 1 ? nameOf(event, first) : t("expense.several_paid");
  return (
    <Link
      href={`/events/${event.id}/expenses/${expense.id}`}
      className={`flex min-h-17 items-center gap-3 rounded-card border bg-surface px-3 py-2 text-ink no-underline hover:bg-sunken ${
        expense.waiting === undefined ? "border-line" : "border-dashed border-accent"
      }`}
    >
      <span className="min-w-0 grow">
        <span className={`line-clamp-2 font-medium ${expense.deleted ? "line-through" : ""}`}>
          {expense.description}
        </span>
        <span className="block text-sm text-quiet">
          {t("expense.paid_on", { name: payer, date: date(expense.date, { day: "numeric", month: "short", ...year }) })}
        </span>
        {expense.waiting !== undefined && <Pending trouble={expense.waiting.trouble !== undefined} />}
      </span>
      <span className="shrink-0 text-end">
        <span className="block">
          <Money amount={expense.amount} currency={expense.currency} className="font-semibold" />
        </span>
        <OwnPart event={event} expense={expense} />
      </span>
    </Link>
  );
}

function Pending({ trouble }: { trouble: boolean }) {
  const { t } = useText();
  return (
    <span className={`flex items-center gap-1 text-sm ${trouble ? "text-owes" : "text-accent"}`}>
      {trouble ? <WarnIcon /> : <ClockIcon />}
      {t(trouble ? "expense.trouble" : "say.pending")}
    </span>
  );
}

/** What it means for whoever looks: what they lent, or what they borrowed. */
function OwnPart({ event, expense }: { event: EventOut; expense: Shown }) {
  const { t } = useText();
  const self = useSelf(event);
  if (self === undefined || expense.shares === undefined) return null;
  const sum = (parts: { member: number; amount: string }[]) =>
    parts.reduce(
      (total, part) => (part.member === self.member ? total + parseWire(part.amount, expense.currency) : total),
      0n,
    );
  const net = sum(expense.paid_by) - sum(expense.shares);
  if (net === 0n) return null;
  return (
    <span className={`block text-sm ${net > 0n ? "text-owed" : "text-owes"}`}>
      {t(net > 0n ? "expense.you_lent" : "expense.you_borrowed")}{" "}
      <Money amount={toWire(net < 0n ? -net : net, expense.currency)} currency={expense.currency} />
    </span>
  );
}
