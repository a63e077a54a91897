import { useState } from "react";
import { outbox } from "../../data/outbox/outbox";
import { useWaiting } from "../../data/outbox/use-outbox";
import type { Change, Waiting } from "../../data/outbox/waiting";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { ClockIcon } from "../../ui/icons";
import { Notice } from "../../ui/parts";
import type { People } from "../balances/people";
import { PaidSentence } from "./paid-sentence";
import { PaymentDialog } from "./payment-dialog";
import type { Rights } from "./settle-tab";

type Payment = Extract<Change, { kind: "settlement.add" }>;

/** Payments that are only on this device: not sent yet, or refused. */
export function WaitingSettlements({ people, rights }: { people: People; rights: Rights }) {
  const waiting = useWaiting(people.event.id).flatMap((each) =>
    each.change.kind === "settlement.add" ? [{ each, change: each.change }] : [],
  );
  if (waiting.length === 0) return null;
  return (
    <ul className="grid grid-cols-1 gap-2">
      {waiting.map(({ each, change }) => (
        <li key={each.order}>
          {each.trouble === undefined ? (
            <Pending people={people} change={change} />
          ) : (
            <Refusal people={people} rights={rights} waiting={each} change={change} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Pending({ people, change }: { people: People; change: Payment }) {
  const { t } = useText();
  return (
    <div className="flex items-center gap-3 rounded-card border border-dashed border-line px-4 py-3 text-quiet">
      <ClockIcon />
      <span>
        <PaidSentence people={people} payment={change.body} />
        <span className="block text-sm">{t("say.pending")}</span>
      </span>
    </div>
  );
}

function Refusal(props: { people: People; rights: Rights; waiting: Waiting; change: Payment }) {
  const { people, rights, waiting, change } = props;
  const { t } = useText();
  const [mending, setMending] = useState(false);
  const overpaid = waiting.trouble?.code === "settlement.overpayment";
  const allow = () => outbox.mend(waiting.order, { ...change, body: { ...change.body, allow_overpayment: true } });
  const actions = (
    <div className="flex flex-wrap gap-2">
      {rights.record && overpaid && <Button onClick={() => void allow()}>{t("settle.overpaid.allow")}</Button>}
      {rights.record && <Button onClick={() => setMending(true)}>{t("settle.mend")}</Button>}
      <Button look="danger" onClick={() => void outbox.discard(waiting.order)}>
        {t("settle.discard")}
      </Button>
    </div>
  );
  return (
    <Notice tone="warn" action={actions}>
      <strong className="block">{t("settle.refused")}</strong>
      <PaidSentence people={people} payment={change.body} />
      <span className="block text-sm">{overpaid ? t("settle.overpaid") : waiting.trouble?.detail}</span>
      {mending && <PaymentDialog people={people} waiting={waiting} onClose={() => setMending(false)} />}
    </Notice>
  );
}
