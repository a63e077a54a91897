import type { Spending } from "../../data/spending";
import { useText } from "../../i18n";
import { directionOf } from "../../i18n/catalogue";
import { compactAmount, proportion, toWire } from "../../money/amount";
import { Money } from "../../ui/money";
import { DataTable, Figure } from "./figure";
import { type Length, type Period, periodsOf } from "./periods";
import { rangeOf } from "./range";

const NAMES: Record<Length, Intl.DateTimeFormatOptions> = {
  day: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "long", year: "numeric" },
  year: { year: "numeric" },
};

export function TimeChart({ spending }: { spending: Spending }) {
  const { t, date } = useText();
  const { currency } = spending;
  const { length, periods } = periodsOf(spending.days);
  const title = t(`chart.by_${length}`);
  return (
    <Figure title={title} chart={<Columns currency={currency} length={length} periods={periods} />}>
      <DataTable
        caption={title}
        name={t(`chart.${length}`)}
        amounts={[t("chart.amount")]}
        rows={periods
          .filter(({ amount }) => amount !== 0n)
          .map(({ day, amount }) => ({
            key: day,
            name: date(day, NAMES[length]),
            amounts: [<Money key="amount" amount={toWire(amount, currency)} currency={currency} />],
          }))}
      />
    </Figure>
  );
}

const WIDTH = 320;
const TOP = 18;
const TALL = 110;
const WIDEST = 40;

/** Standing columns, one for each period; below the line where more came back than was spent. */
function Columns({ currency, length, periods }: { currency: string; length: Length; periods: Period[] }) {
  const { date, language, locale } = useText();
  const rtl = directionOf(language) === "rtl";
  const { low, high } = rangeOf(periods.map(({ amount }) => amount));
  const room = Math.min(WIDEST, WIDTH / periods.length);
  const base = TOP + proportion(high, high - low) * TALL;
  const size = (amount: bigint) => (amount === 0n ? 0 : Math.max(1, proportion(amount, high - low) * TALL));
  const from = (index: number) => (rtl ? WIDTH - (index + 1) * room : index * room);
  const first = rtl ? WIDTH : 0;
  const last = rtl ? WIDTH - room * periods.length : room * periods.length;
  const name = (period: Period | undefined) =>
    period === undefined ? "" : date(period.day, { ...NAMES[length], ...(length === "month" && { month: "short" }) });
  return (
    <svg viewBox={`0 0 ${WIDTH} ${TOP + TALL + 22}`} className="w-full" aria-hidden="true" focusable="false">
      <text x={first} y={12} className="fill-quiet text-[12px]" textAnchor="start">
        {compactAmount(high, currency, locale)}
      </text>
      <path d={`M0 ${TOP}H${WIDTH}`} className="stroke-line" strokeDasharray="3 3" />
      {periods.map(({ day, amount }, index) => (
        <rect
          key={day}
          x={from(index) + room * 0.1}
          y={amount < 0n ? base : base - size(amount)}
          width={room * 0.8}
          height={size(amount)}
          rx={Math.min(2, room * 0.2)}
          className="fill-accent"
        />
      ))}
      <path d={`M0 ${base}H${WIDTH}`} className="stroke-quiet" />
      <text x={first} y={TOP + TALL + 16} className="fill-quiet text-[12px]" textAnchor="start">
        {name(periods[0])}
      </text>
      {periods.length > 4 && (
        <text x={last} y={TOP + TALL + 16} className="fill-quiet text-[12px]" textAnchor="end">
          {name(periods.at(-1))}
        </text>
      )}
    </svg>
  );
}
