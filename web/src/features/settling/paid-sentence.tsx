import { useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { Money } from "../../ui/money";
import { keyOf, type People } from "../balances/people";

interface Payment {
  from: number;
  to: number;
  amount: string | number;
  currency?: string | null;
}

/** "Ben paid Asha ₹800", or how one says it of oneself. */
export function PaidSentence({ people, payment }: { people: People; payment: Payment }) {
  const { t } = useText();
  const { from, to, amount } = payment;
  const money = (
    <Money amount={String(amount)} currency={payment.currency ?? people.event.currency} className="font-semibold" />
  );
  return (
    <Rich
      text={t(keyOf("settle.paid", people, from, to))}
      parts={{ from: people.name(from), to: people.name(to), amount: money }}
    />
  );
}
