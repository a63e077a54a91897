import { useInfiniteQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { EventOut, SettlementOut } from "../../api/client";
import { useStanding } from "../../data/members";
import { useSession } from "../../data/session";
import { settlementsQuery } from "../../data/settling";
import { useText } from "../../i18n";
import { fill } from "../../i18n/catalogue";
import { Button } from "../../ui/button";
import { formatMoney } from "../../ui/money";
import { Card } from "../../ui/parts";
import { Loaded } from "../balances/loaded";
import { keyOf, type People } from "../balances/people";
import { PaidSentence } from "./paid-sentence";
import { ReverseDialog } from "./reverse-dialog";
import type { Rights } from "./settle-tab";

/** What was paid back, newest first; what was taken back stays, struck through. */
export function SettlementList({ people, rights }: { people: People; rights: Rights }) {
  const { t } = useText();
  const id = useId();
  const found = useInfiniteQuery(settlementsQuery(people.event.id));
  const [asked, setAsked] = useState<SettlementOut | null>(null);
  const mayReverse = useMayReverse(people.event, rights);
  return (
    <Loaded query={found} lines={1}>
      {(data) => {
        const settlements = data.pages.flatMap((page) => page.items);
        if (settlements.length === 0) return null;
        return (
          <Card>
            <h2 id={id} className="text-lg font-semibold">
              {t("settle.recorded")}
            </h2>
            <ul aria-labelledby={id} className="divide-y divide-line">
              {settlements.map((settlement) => (
                <Row
                  key={settlement.id}
                  people={people}
                  settlement={settlement}
                  onReverse={mayReverse(settlement) ? () => setAsked(settlement) : undefined}
                />
              ))}
            </ul>
            {found.hasNextPage && (
              <Button className="w-full" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t("do.more")}
              </Button>
            )}
            {asked !== null && <ReverseDialog people={people} settlement={asked} onClose={() => setAsked(null)} />}
          </Card>
        );
      }}
    </Loaded>
  );
}

/** Offer to take back only what the event lets one take back; the server has the last word. */
function useMayReverse(event: EventOut, rights: Rights): (settlement: SettlementOut) => boolean {
  const { user } = useSession();
  const { self } = useStanding(event);
  return ({ reversed, created_by, from, to }) => {
    if (reversed || !rights.record) return false;
    if (rights.admin || event.edit_by === "anyone") return true;
    if (event.edit_by === "admins") return false;
    const author = created_by.user_id === user?.id || (user === null && created_by.name === self?.name);
    return author || from === self?.member || to === self?.member;
  };
}

function Row(props: { people: People; settlement: SettlementOut; onReverse: (() => void) | undefined }) {
  const { people, settlement } = props;
  const { t, date, locale } = useText();
  const { from, to } = settlement;
  const amount = formatMoney(settlement.amount, settlement.currency, locale);
  const spoken = { from: people.name(from), to: people.name(to), amount };
  const sentence = <PaidSentence people={people} payment={settlement} />;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
      <div className="min-w-0 grow basis-56">
        <p>{settlement.reversed ? <s className="text-quiet">{sentence}</s> : sentence}</p>
        <p className="text-sm text-quiet">
          {t(`settle.method.${settlement.method}`)} · <time dateTime={settlement.date}>{date(settlement.date)}</time>
          {settlement.note !== null && ` · ${settlement.note}`}
        </p>
        {settlement.reversed && (
          <p className="text-sm">{t("settle.reversed", { reason: settlement.reversed_reason ?? "" })}</p>
        )}
      </div>
      {props.onReverse !== undefined && (
        <Button
          look="quiet"
          className="ms-auto"
          aria-label={t("settle.reverse.which", { what: fill(t(keyOf("settle.paid", people, from, to)), spoken) })}
          onClick={props.onReverse}
        >
          {t("settle.reverse")}
        </Button>
      )}
    </li>
  );
}
