import { useQuery } from "@tanstack/react-query";
import type { UserOut } from "../../api/client";
import { isZero } from "../../data/balances";
import { totalsQuery } from "../../data/totals";
import { useText } from "../../i18n";
import { Money } from "../../ui/money";
import { Card, Skeleton } from "../../ui/parts";

/** You owe, you are owed: over all events, by currency, and by person where one looks closer. */
export function Totals({ user }: { user: UserOut }) {
  const { t } = useText();
  const { data, error } = useQuery(totalsQuery(user.id));
  if (data === undefined) return error === null ? <Skeleton lines={1} /> : null;
  const open = data.totals.filter((total) => !isZero(total.you_owe) || !isZero(total.you_are_owed));
  if (open.length === 0) {
    return (
      <Card className="text-center">
        <p className="text-lg font-semibold">{t("home.square")}</p>
        <p className="text-quiet">{t("home.square.what")}</p>
      </Card>
    );
  }
  return (
    <Card>
      <h2 className="sr-only">{t("home.totals")}</h2>
      <dl className="grid grid-cols-2 gap-3">
        <Sums
          name={t("home.you_are_owed")}
          className="text-owed"
          sums={open.map((total) => ({ amount: total.you_are_owed, currency: total.currency }))}
        />
        <Sums
          name={t("home.you_owe")}
          className="text-owes"
          sums={open.map((total) => ({ amount: total.you_owe, currency: total.currency }))}
        />
      </dl>
      <details className="mt-2 -mb-2">
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-quiet">{t("home.by_person")}</summary>
        <ul className="divide-y divide-line border-t border-line">
          {data.items.map((item) => {
            const owed = !item.net.startsWith("-");
            return (
              <li
                key={`${item.person.user_id ?? `${item.person.event_id}/${item.person.member}`}/${item.currency}`}
                className="flex items-baseline justify-between gap-3 py-2"
              >
                <span className="min-w-0">
                  {t(owed ? "home.owes_you" : "home.you_owe_them", { name: item.person.name })}
                </span>
                <Money
                  amount={item.net}
                  currency={item.currency}
                  sign="never"
                  className={`shrink-0 font-medium ${owed ? "text-owed" : "text-owes"}`}
                />
              </li>
            );
          })}
        </ul>
      </details>
    </Card>
  );
}

/** All there is on one side, a currency a line; that there is nothing is no reason for a colour. */
function Sums(props: { name: string; className: string; sums: { amount: string; currency: string }[] }) {
  const open = props.sums.filter((sum) => !isZero(sum.amount));
  return (
    <div>
      <dt className="text-sm text-quiet">{props.name}</dt>
      {open.map((sum) => (
        <dd key={sum.currency} className={`text-xl font-semibold ${props.className}`}>
          <Money amount={sum.amount} currency={sum.currency} />
        </dd>
      ))}
      {open.length === 0 && props.sums[0] !== undefined && (
        <dd className="text-xl font-semibold text-quiet">
          <Money amount={props.sums[0].amount} currency={props.sums[0].currency} />
        </dd>
      )}
    </div>
  );
}
