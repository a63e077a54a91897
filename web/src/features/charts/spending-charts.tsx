import { useEffect, useState } from "react";
import type { EventOut } from "../../api/client";
import { PAGE } from "../../data/events";
import { type Counted, type Spending, useSpending } from "../../data/spending";
import { troubleOf } from "../../data/trouble";
import { useText } from "../../i18n";
import { toWire } from "../../money/amount";
import { currencyName } from "../../money/currency";
import { Button } from "../../ui/button";
import { Money } from "../../ui/money";
import { Notice } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { usePeople } from "../balances/people";
import { CategoryChart } from "./category-chart";
import { MemberChart } from "./member-chart";
import { TimeChart } from "./time-chart";

/** Where the money went; folded, as counting thousands of expenses takes a while. */
export function SpendingCharts({ event }: { event: EventOut }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <details
      className="rounded-card border border-line bg-surface"
      onToggle={(happened) => setOpen(happened.currentTarget.open)}
    >
      <summary className="min-h-11 cursor-pointer rounded-card px-4 py-3 font-semibold hover:bg-sunken">
        {t("chart.title")}
      </summary>
      {open && <Counting event={event} />}
    </details>
  );
}

const SMALL = 5 * PAGE;

function Counting({ event }: { event: EventOut }) {
  const text = useText();
  const { t } = text;
  const { counted, progress } = useSpending(event);
  const { data, isFetching, refetch } = counted;
  const trouble = troubleOf(counted);
  const old = data !== undefined && data.seq < event.seq;
  // What takes few requests is counted anew by itself; the rest when somebody asks for it.
  const due = data === undefined || (old && data.expenses <= SMALL);
  useEffect(() => {
    if (due) void refetch();
  }, [due, refetch]);
  const again = (label: string) => <Button onClick={() => void refetch()}>{label}</Button>;
  return (
    <div className="grid grid-cols-1 gap-6 px-4 pt-2 pb-4">
      <div role="status" className="text-sm text-quiet empty:hidden">
        {isFetching && (data === undefined || !due) && t("chart.counting", { count: text.number(progress) })}
      </div>
      {trouble !== null && !isFetching && (
        <Notice tone="warn" action={again(t("do.retry"))}>
          {wording(trouble, text)}
        </Notice>
      )}
      {old && !due && !isFetching && <Notice action={again(t("chart.again"))}>{t("chart.old")}</Notice>}
      {data !== undefined && <Charts event={event} counted={data} />}
    </div>
  );
}

function Charts({ event, counted }: { event: EventOut; counted: Counted }) {
  const { t } = useText();
  const own = ({ currency }: Spending) => Number(currency === event.currency);
  const spending = [...counted.spending].sort((one, other) => own(other) - own(one));
  if (spending.length === 0) return <p className="text-quiet">{t("chart.nothing")}</p>;
  return spending.map((each) => <OneCurrency key={each.currency} event={event} spending={each} />);
}

function OneCurrency({ event, spending }: { event: EventOut; spending: Spending }) {
  const { t, locale } = useText();
  const people = usePeople(event);
  const { currency } = spending;
  return (
    <section aria-label={currencyName(currency, locale)} className="grid grid-cols-1 gap-6">
      <h3 className="font-semibold">
        {currencyName(currency, locale)} · {t("chart.total")}{" "}
        <Money amount={toWire(spending.total, currency)} currency={currency} />
      </h3>
      <CategoryChart spending={spending} />
      <MemberChart spending={spending} people={people} />
      <TimeChart spending={spending} />
    </section>
  );
}
