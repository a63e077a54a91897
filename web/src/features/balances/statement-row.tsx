import { Link } from "wouter";
import { isNegative, isZero, type StatementLine } from "../../data/balances";
import { useText } from "../../i18n";
import { Money } from "../../ui/money";
import type { People } from "./people";

/** One thing that moved somebody's net: what, when, how it came about, and what it left. */
export function StatementRow(props: { people: People; currency: string; line: StatementLine }) {
  const { people, currency, line } = props;
  const { t, date } = useText();
  const tone = isZero(line.amount) ? "" : isNegative(line.amount) ? "text-owes" : "text-owed";
  return (
    <li className="relative grid grid-cols-[1fr_auto] gap-x-3 py-2">
      <What people={people} line={line} />
      <Money
        amount={line.amount}
        currency={currency}
        sign="always"
        className={`justify-self-end font-semibold ${tone}`}
      />
      <span className="flex flex-wrap gap-x-3 text-sm text-quiet">
        <time dateTime={line.date}>{date(line.date)}</time>
        {line.kind === "expense" && (
          <>
            <Named label={t("statement.paid")} amount={line.paid} currency={currency} />
            <Named label={t("statement.share")} amount={line.share} currency={currency} />
          </>
        )}
      </span>
      <span className="text-end text-sm text-quiet">
        {t("statement.then")} <Money amount={line.net} currency={currency} sign="always" />
      </span>
    </li>
  );
}

function Named({ label, amount, currency }: { label: string; amount: string; currency: string }) {
  return isZero(amount) ? null : (
    <span>
      {label} <Money amount={amount} currency={currency} />
    </span>
  );
}

function What({ people, line }: { people: People; line: StatementLine }) {
  const words = useWords(people, line);
  const to =
    line.expense_id !== null
      ? `/events/${people.event.id}/expenses/${line.expense_id}`
      : line.settlement_id !== null
        ? `/events/${people.event.id}/settle`
        : undefined;
  return to === undefined ? (
    <span>{words}</span>
  ) : (
    // All of the row leads there: a finger is wider than a line.
    <Link href={to} className="text-accent underline after:absolute after:inset-0">
      {words}
    </Link>
  );
}

/** The server names who was on the other side of a settlement by number, in English: "Paid to member 2: Taxi". */
const SETTLED = /^(Paid to|Received from) member (\d+)(?:: (.*))?$/s;

function useWords(people: People, line: StatementLine): string {
  const { t } = useText();
  if (line.kind === "rounding") return t("statement.rounding");
  const [, which, member, note] = line.kind === "settlement" ? (SETTLED.exec(line.description) ?? []) : [];
  if (which === undefined) return line.description;
  const key = which === "Paid to" ? "statement.paid_to" : "statement.received_from";
  const words = t(Number(member) === people.self ? `${key}.you` : key, { name: people.name(Number(member)) });
  return note === undefined ? words : `${words}: ${note}`;
}
