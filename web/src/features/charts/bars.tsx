import { useText } from "../../i18n";
import { directionOf } from "../../i18n/catalogue";
import { proportion } from "../../money/amount";
import { rangeOf } from "./range";

export type Look = "full" | "outline";

const LOOKS: Record<Look, string> = { full: "fill-accent", outline: "fill-tint stroke-accent" };

export interface Row {
  key: string;
  label: string;
  bars: { amount: bigint; look: Look }[];
}

const WIDTH = 320;
const LABEL = 18;
const BAR = 10;
const GAP = 12;
const LONGEST = 40;

/** Lying bars under their names; what is below zero (more came back than was spent) goes to the other side. */
export function Bars({ rows }: { rows: Row[] }) {
  const { language } = useText();
  const rtl = directionOf(language) === "rtl";
  const { low, high } = rangeOf(rows.flatMap((row) => row.bars.map((bar) => bar.amount)));
  const zero = proportion(low, high - low) * WIDTH;
  const length = (amount: bigint) => Math.max(1, proportion(amount, high - low) * WIDTH);
  const tall = (row: Row) => LABEL + row.bars.length * (BAR + 2) + GAP;
  let top = 0;
  const placed = rows.map((row) => {
    const at = top;
    top += tall(row);
    return { row, at };
  });
  return (
    <svg viewBox={`-1 0 ${WIDTH + 2} ${top}`} className="w-full" aria-hidden="true" focusable="false">
      {placed.map(({ row, at }) => (
        <g key={row.key}>
          <text x={rtl ? WIDTH : 0} y={at + 13} className="fill-ink text-[13px]" textAnchor="start">
            {short(row.label)}
          </text>
          {row.bars.map(({ amount, look }, index) => {
            const size = length(amount);
            const start = amount < 0n ? zero - size : zero;
            return (
              <rect
                key={look}
                x={rtl ? WIDTH - start - size : start}
                y={at + LABEL + index * (BAR + 2)}
                width={amount === 0n ? 0 : size}
                height={BAR}
                rx={2}
                className={LOOKS[look]}
              />
            );
          })}
        </g>
      ))}
    </svg>
  );
}

function short(label: string): string {
  const letters = [...label];
  return letters.length <= LONGEST ? label : `${letters.slice(0, LONGEST - 1).join("")}…`;
}

/** What two kinds of bars mean: told apart by their form, not by colour alone. */
export function Legend({ items }: { items: { look: Look; label: string }[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 text-sm">
      {items.map((item) => (
        <li key={item.look} className="flex items-center gap-2">
          <svg viewBox="-1 -1 16 12" width="16" height="12" aria-hidden="true" focusable="false">
            <rect width="14" height="10" rx="2" className={LOOKS[item.look]} />
          </svg>
          {item.label}
        </li>
      ))}
    </ul>
  );
}
