import type { ReactNode } from "react";
import type { Plan } from "../../data/settling";
import { useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { formatMoney, Money } from "../../ui/money";
import type { People } from "../balances/people";

/** How many payments, what is proven of them, and what they leave aside. */
export function PlanRemarks({ people, plan }: { people: People; plan: Plan }) {
  const { t, count, locale } = useText();
  const list = (parts: string[]) => new Intl.ListFormat(locale, { type: "unit", style: "short" }).format(parts);
  const frozen = people.event.status === "settlement";
  return (
    <div className="grid gap-1 text-sm text-quiet">
      <p>
        {count("settle.count", plan.payments.length)} <Proven plan={plan} />
      </p>
      {plan.fees.map((fees) => (
        <Line key={fees.currency}>
          <Rich
            text={t("settle.fees")}
            parts={{
              cost: <Money amount={fees.cost} currency={fees.currency} />,
              least: <Money amount={fees.least_possible} currency={fees.currency} />,
            }}
          />
        </Line>
      ))}
      {plan.rounding.length > 0 && (
        <Line>
          {t(frozen ? "settle.rounding.held" : "settle.rounding", {
            list: list(
              plan.rounding.map(
                ({ from, to, amount, currency }) =>
                  `${people.name(from)} → ${people.name(to)} ${formatMoney(amount, currency, locale)}`,
              ),
            ),
          })}
        </Line>
      )}
      {plan.stuck.length > 0 && (
        <Line>
          {t("settle.stuck", {
            list: list(
              plan.stuck.map(
                ({ member, amount, currency }) =>
                  `${people.name(member)} ${formatMoney(amount, currency, locale, "always")}`,
              ),
            ),
          })}
        </Line>
      )}
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <p>{children}</p>;
}

/** Claim no more than the plan's own proof does. */
function Proven({ plan }: { plan: Plan }): ReactNode {
  const { t, count } = useText();
  const { strategy, optimal } = plan;
  if (strategy === "direct" || strategy === "hub") return null;
  if (optimal) return t(`settle.best.${strategy}`);
  if (strategy === "fewest" || strategy === "familiar") return count("settle.least", plan.fewest_possible);
  return t(`settle.good.${strategy}`);
}
