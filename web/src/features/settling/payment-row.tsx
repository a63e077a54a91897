import type { PaymentOut } from "../../data/balances";
import { useWaiting } from "../../data/outbox/use-outbox";
import { useText } from "../../i18n";
import { fill } from "../../i18n/catalogue";
import { Rich } from "../../i18n/rich";
import { Button } from "../../ui/button";
import { ArrowIcon, ClockIcon } from "../../ui/icons";
import { formatMoney, Money } from "../../ui/money";
import { Avatar } from "../../ui/parts";
import { keyOf, type People } from "../balances/people";

/** One payment of a plan; whether some of it was noted on this device and waits to be sent. */
export function PaymentRow(props: {
  people: People;
  payment: PaymentOut;
  onWhy: () => void;
  onPaid: (() => void) | undefined;
}) {
  const { people, payment } = props;
  const { t, locale } = useText();
  const names = { from: people.name(payment.from), to: people.name(payment.to) };
  const amount = <Money amount={payment.amount} currency={payment.currency} className="font-semibold" />;
  const sentence = t(keyOf("balance.pays", people, payment.from, payment.to));
  const spoken = { ...names, amount: formatMoney(payment.amount, payment.currency, locale) };
  return (
    <li className="flex flex-wrap items-center gap-2 py-3">
      <div className="flex grow flex-wrap items-center gap-2">
        <Avatar name={people.called(payment.from)} />
        <ArrowIcon />
        <Avatar name={people.called(payment.to)} />
        <span className="min-w-0 grow basis-32">
          <Rich text={sentence} parts={{ ...names, amount }} />
        </span>
      </div>
      <div className="ms-auto flex flex-wrap justify-end gap-2">
        <Button
          look="quiet"
          className="px-3!"
          aria-label={t(keyOf("settle.why.which", people, payment.from, payment.to), names)}
          onClick={props.onWhy}
        >
          {t("balance.why")}
        </Button>
        {props.onPaid !== undefined && (
          <Button
            className="px-3!"
            aria-label={t("settle.mark.which", { what: fill(sentence, spoken) })}
            onClick={props.onPaid}
          >
            {t("settle.mark")}
          </Button>
        )}
      </div>
      <Noted people={people} payment={payment} />
    </li>
  );
}

function Noted({ people, payment }: { people: People; payment: PaymentOut }) {
  const { t } = useText();
  const noted = useWaiting(people.event.id).flatMap(({ change, trouble }) => {
    if (change.kind !== "settlement.add" || trouble !== undefined) return [];
    const { from, to, currency } = change.body;
    return from === payment.from && to === payment.to && currency === payment.currency ? [change] : [];
  });
  return noted.map(({ id, body }) => (
    <p key={id} className="flex basis-full items-center gap-2 text-sm text-quiet">
      <ClockIcon />
      <span>
        <Rich
          text={t("settle.noted")}
          parts={{ amount: <Money amount={String(body.amount)} currency={payment.currency} /> }}
        />
      </span>
    </p>
  ));
}
