import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import type { DebtLink } from "../../data/settling";
import { useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { Money } from "../../ui/money";
import { keyOf, type People } from "../balances/people";

type Reason = Schemas["ReasonOut"];

const NAMED = 6;

/** Who owes whom how much, and for what; each expense leads to itself. */
export function DebtLine({ people, link, currency }: { people: People; link: DebtLink; currency: string }) {
  const { t, count } = useText();
  const named: ReactNode[] = link.because
    .slice(0, NAMED)
    .map((reason) => <Because key={`${reason.seq}`} {...{ people, reason }} />);
  const more = link.because.length - named.length;
  if (more > 0) named.push(count("settle.why.more", more));
  return (
    <li>
      <Rich
        text={t(keyOf("balance.owes_for", people, link.from, link.to))}
        parts={{
          from: people.name(link.from),
          to: people.name(link.to),
          amount: <Money amount={link.amount} currency={currency} />,
          what: <Listed parts={named} />,
        }}
      />
    </li>
  );
}

/** Join parts as the language joins them: "a, b and c". */
function Listed({ parts }: { parts: ReactNode[] }) {
  const { locale } = useText();
  const places = parts.map((_, index) => String(index));
  return new Intl.ListFormat(locale, { type: "conjunction" }).formatToParts(places).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a list of reasons does not move
    <Fragment key={index}>{piece.type === "element" ? parts[Number(piece.value)] : piece.value}</Fragment>
  ));
}

function Because({ people, reason }: { people: People; reason: Reason }) {
  const { t, date } = useText();
  if (reason.expense_id !== null) {
    return (
      <Link href={`/events/${people.event.id}/expenses/${reason.expense_id}`} className="text-accent underline">
        {reason.description}
      </Link>
    );
  }
  if (reason.kind === "settlement")
    return t("settle.why.paid", { date: reason.date === null ? "" : date(reason.date) });
  return t(reason.kind === "rounding" ? "statement.rounding" : "settle.why.open");
}
