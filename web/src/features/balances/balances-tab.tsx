import { useQuery } from "@tanstack/react-query";
import type { EventOut } from "../../api/client";
import {
  balancesQuery,
  currenciesOf,
  isZero,
  type PaymentOut,
  type PositionOut,
  positionsQuery,
} from "../../data/balances";
import { useEvent } from "../../data/events";
import { useWaiting } from "../../data/outbox/use-outbox";
import { useText } from "../../i18n";
import { EmptyState, Notice } from "../../ui/parts";
import { SpendingCharts } from "../charts/spending-charts";
import { CurrencySection } from "./currency-section";
import { Loaded } from "./loaded";
import { usePeople } from "./people";

export default function BalancesTab({ eventId }: { eventId: string }) {
  const event = useEvent(eventId).data;
  const positions = useQuery(positionsQuery(eventId));
  const balances = useQuery(balancesQuery(eventId));
  if (event === undefined) return null;
  return (
    <div className="grid grid-cols-1 gap-6">
      <Unsent eventId={eventId} />
      <Loaded query={positions} lines={4}>
        {(stands) => (
          <Loaded query={balances}>{(pays) => <Balances event={event} positions={stands} balances={pays} />}</Loaded>
        )}
      </Loaded>
      <SpendingCharts event={event} />
    </div>
  );
}

/** What was not sent yet does not count, and that must be said. */
function Unsent({ eventId }: { eventId: string }) {
  const { count } = useText();
  const waiting = useWaiting(eventId).length;
  return waiting === 0 ? null : <Notice>{count("balance.unsent", waiting)}</Notice>;
}

function Balances(props: { event: EventOut; positions: PositionOut[]; balances: PaymentOut[] }) {
  const { event, positions, balances } = props;
  const { t } = useText();
  const people = usePeople(event);
  const moved = positions.filter((position) => touched(position));
  if (moved.length === 0) return <EmptyState title={t("balance.nothing")}>{t("balance.nothing.what")}</EmptyState>;
  const open = new Set(positions.flatMap(({ net, currency }) => (isZero(net) ? [] : [currency])));
  const currencies = currenciesOf(moved, event.currency);
  return (
    <>
      {open.size === 0 && <EmptyState title={t("balance.all_square")}>{t("balance.all_square.what")}</EmptyState>}
      {currencies.map((currency, index) => (
        <CurrencySection
          key={currency}
          people={people}
          currency={currency}
          several={currencies.length > 1}
          first={index === 0}
          positions={moved.filter((position) => position.currency === currency)}
          // Where everybody is square, what is left between pairs goes round in circles: nobody pays any of it.
          balances={balances.filter((balance) => balance.currency === currency && open.has(currency))}
        />
      ))}
    </>
  );
}

function touched({ paid, share, sent, received, net }: PositionOut): boolean {
  return ![paid, share, sent, received, net].every(isZero);
}
