import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { PaymentOut } from "../../data/balances";
import { type Asked, type Pair, type Plan, planQuery } from "../../data/settling";
import { troubleOf } from "../../data/trouble";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Card, Notice } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { Loaded } from "../balances/loaded";
import type { People } from "../balances/people";
import { LifeButton } from "./life";
import { PaymentDialog } from "./payment-dialog";
import { PaymentRow } from "./payment-row";
import { PlanRemarks } from "./plan-remarks";
import type { Rights } from "./settle-tab";
import { StrategyPicker } from "./strategy-picker";
import { WhyDialog } from "./why-dialog";

/** The payments that would leave everybody square, and the ways there are to find them. */
export function PlanSection({ people, rights }: { people: People; rights: Rights }) {
  const text = useText();
  const { t } = text;
  const { event } = people;
  const [asked, setAsked] = useState<Asked>({});
  const plan = useQuery(planQuery(event.id, asked));
  const trouble = troubleOf(plan);
  // What was agreed on is what the event settles by from then on.
  const agree = { event, asked, onTaken: () => setAsked({}) };
  const settling = event.status === "settlement";
  const other = Object.keys(asked).length > 0;
  return (
    <>
      {settling && (
        <Notice action={rights.record && <LifeButton event={event} step="reopen" />}>
          {t(other ? "settle.settling.other" : "settle.settling")}
        </Notice>
      )}
      <div className="grid grid-cols-1 gap-4">
        <Loaded query={plan}>
          {(found) => (
            // Until the plan that was asked for is there, the former one is only to be seen.
            <div className={plan.isPlaceholderData ? "opacity-60" : ""} inert={plan.isPlaceholderData}>
              <Payments people={people} rights={rights} plan={found} asked={asked} />
            </div>
          )}
        </Loaded>
        {plan.isPlaceholderData && trouble !== null && <Notice tone="warn">{wording(trouble, text)}</Notice>}
        <StrategyPicker
          people={people}
          chosen={asked.strategy ?? plan.data?.strategy ?? "fewest"}
          asked={asked}
          onAsked={setAsked}
        />
        <div className="flex flex-wrap gap-2 empty:hidden">
          {rights.record && !settling && <LifeButton step="start" {...agree} />}
          {rights.record && settling && other && <LifeButton step="hold" {...agree} />}
          {other && <Button onClick={() => setAsked({})}>{t(settling ? "settle.held" : "settle.usual")}</Button>}
        </div>
      </div>
    </>
  );
}

interface Shown {
  people: People;
  rights: Rights;
  plan: Plan;
  asked: Asked;
}

function Payments({ people, rights, plan, asked }: Shown) {
  const { t } = useText();
  const id = useId();
  const [why, setWhy] = useState<Pair | null>(null);
  const [paid, setPaid] = useState<PaymentOut | null>(null);
  const mine = ({ from, to }: PaymentOut) => from === people.self || to === people.self;
  const ordered = [...plan.payments.filter(mine), ...plan.payments.filter((payment) => !mine(payment))];
  return (
    <Card>
      <h2 id={id} className="text-lg font-semibold">
        {t("settle.plan")}
      </h2>
      <PlanRemarks people={people} plan={plan} />
      <ul aria-labelledby={id} className="divide-y divide-line">
        {ordered.map((payment) => (
          <PaymentRow
            key={`${payment.from}-${payment.to}-${payment.currency}`}
            people={people}
            payment={payment}
            onWhy={() => setWhy(payment)}
            onPaid={rights.record ? () => setPaid(payment) : undefined}
          />
        ))}
      </ul>
      {why !== null && <WhyDialog people={people} asked={asked} pair={why} onClose={() => setWhy(null)} />}
      {paid !== null && <PaymentDialog people={people} planned={paid} onClose={() => setPaid(null)} />}
    </Card>
  );
}
