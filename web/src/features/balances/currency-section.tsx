import { useId, useState } from "react";
import { Link } from "wouter";
import type { PaymentOut, PositionOut } from "../../data/balances";
import { useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { parseWire } from "../../money/amount";
import { currencyName } from "../../money/currency";
import { Button } from "../../ui/button";
import { Money } from "../../ui/money";
import { Card } from "../../ui/parts";
import { rangeOf } from "../charts/range";
import { MemberBar } from "./member-bar";
import { keyOf, type People } from "./people";
import { StatementDialog } from "./statement-dialog";

const SHOWN = 8;

/** Who owes whom, and where each one stands, in one currency. */
export function CurrencySection(props: {
  people: People;
  currency: string;
  several: boolean;
  /** What is explained once need not be explained again. */
  first: boolean;
  positions: PositionOut[];
  balances: PaymentOut[];
}) {
  const { people, currency } = props;
  const { t, locale } = useText();
  const [asked, setAsked] = useState<PositionOut | null>(null);
  const id = useId();
  const ranked = rank(props.positions);
  const largest = rangeOf(ranked.flatMap(({ net }) => [net, -net])).high;
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 gap-4">
      <h2 id={id} className={props.several ? "text-lg font-semibold" : "sr-only"}>
        {currencyName(currency, locale)} ({currency})
      </h2>
      {props.balances.length > 0 && <Pairs people={people} balances={props.balances} explained={props.first} />}
      <Card>
        <h3 className="mb-2 font-semibold">{t("balance.members")}</h3>
        <ul className="grid grid-cols-1 gap-3">
          {ranked.map(({ position, net }) => (
            <MemberBar
              key={position.member}
              people={people}
              position={position}
              net={net}
              largest={largest}
              onWhy={() => setAsked(position)}
            />
          ))}
        </ul>
      </Card>
      {asked !== null && <StatementDialog people={people} position={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

/** Who is owed most comes first, who owes most last. */
function rank(positions: PositionOut[]): { position: PositionOut; net: bigint }[] {
  const ranked = positions.map((position) => ({ position, net: parseWire(position.net, position.currency) }));
  return ranked.sort((one, other) => (one.net === other.net ? 0 : one.net > other.net ? -1 : 1));
}

function Pairs(props: { people: People; balances: PaymentOut[]; explained: boolean }) {
  const { people, balances, explained } = props;
  const { t, number } = useText();
  const [all, setAll] = useState(false);
  const mine = (balance: PaymentOut) => balance.from === people.self || balance.to === people.self;
  const ordered = [...balances.filter(mine), ...balances.filter((balance) => !mine(balance))];
  const shown = all || ordered.length <= SHOWN + 2 ? ordered : ordered.slice(0, SHOWN);
  return (
    <Card>
      <h3 className="mb-1 font-semibold">{t("balance.pairs")}</h3>
      {explained && (
        <p className="mb-2 text-sm text-quiet">
          <Rich
            text={t("balance.pairs.what")}
            parts={{
              settle: (
                <Link href={`/events/${people.event.id}/settle`} className="text-accent underline">
                  {t("event.tab.settle")}
                </Link>
              ),
            }}
          />
        </p>
      )}
      <ul className="divide-y divide-line">
        {shown.map((balance) => (
          <li key={`${balance.from}-${balance.to}`} className={`py-2 ${mine(balance) ? "font-medium" : ""}`}>
            <Rich
              text={t(keyOf("balance.pays", people, balance.from, balance.to))}
              parts={{
                from: people.name(balance.from),
                to: people.name(balance.to),
                amount: <Money amount={balance.amount} currency={balance.currency} className="font-semibold" />,
              }}
            />
          </li>
        ))}
      </ul>
      {shown.length < ordered.length && (
        <Button look="quiet" className="mt-1 w-full" onClick={() => setAll(true)}>
          {t("balance.pairs.all", { count: number(ordered.length) })}
        </Button>
      )}
    </Card>
  );
}
