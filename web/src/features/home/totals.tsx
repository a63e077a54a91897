import { useQuery } from "@tanstack/react-query";
import type { UserOut } from "../../api/client";
import { totalsQuery } from "../../data/totals";
import { useText } from "../../i18n";
import { Money } from "../../ui/money";
import { Card, Skeleton } from "../../ui/parts";

/** You owe, you are owed: over all events, by currency, and by person where one looks closer. */
export function Totals({ user }: { user: UserOut }) {
  const { t } = useText();
  const { data, error } = useQuery(totalsQuery(user.id));
  if (data === undefined) return error === null ? <Skeleton lines={1} /> : null;
  const open = data.totals.filter((total) => !/^-?[0.]+$/.test(total.you_owe) || !/^-?[0.]+$/.test(total.you_are_owed));
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
      <dl className="grid gap-3">
        {open.map((total) => (
          <div key={total.currency} className="grid grid-cols-2 gap-3">
            <div>
              <dt className="text-sm text-quiet">{t("home.you_are_owed")}</dt>
              <dd className="text-xl font-semibold text-owed">
                <Money amount={total.you_are_owed} currency={total.currency} />
              </dd>
            </div>
            <div>
              <dt className="text-sm text-quiet">{t("home.you_owe")}</dt>
              <dd className="text-xl font-semibold text-owes">
                <Money amount={total.you_owe} currency={total.currency} />
              </dd>
            </div>
          </div>
        ))}
      </dl>
      <details className="mt-2">
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-quiet">{t("home.by_person")}</summary>
        <ul className="grid gap-1">
          {data.items.map((item) => {
            const owed = !item.net.startsWith("-");
            return (
              <li key={`${item.person.user_id ?? `${item.person.event_id}/${item.person.member}`}/${item.currency}`}>
                {t(owed ? "home.owes_you" : "home.you_owe_them", { name: item.person.name })}{" "}
                <Money
                  amount={item.net}
                  currency={item.currency}
                  sign="never"
                  className={owed ? "text-owed" : "text-owes"}
                />
              </li>
            );
          })}
        </ul>
      </details>
    </Card>
  );
}
