import type { Spending } from "../../data/spending";
import { useText } from "../../i18n";
import { toWire } from "../../money/amount";
import { Money } from "../../ui/money";
import type { People } from "../balances/people";
import { Bars, Legend } from "./bars";
import { DataTable, Figure } from "./figure";

export function MemberChart({ spending, people }: { spending: Spending; people: People }) {
  const { t } = useText();
  const money = (amount: bigint) => <Money amount={toWire(amount, spending.currency)} currency={spending.currency} />;
  return (
    <Figure
      title={t("chart.by_member")}
      chart={
        <>
          <Legend
            items={[
              { look: "full", label: t("chart.paid") },
              { look: "outline", label: t("chart.share") },
            ]}
          />
          <Bars
            rows={spending.members.map(({ member, paid, share }) => ({
              key: String(member),
              label: people.name(member),
              bars: [
                { amount: paid, look: "full" },
                { amount: share, look: "outline" },
              ],
            }))}
          />
        </>
      }
    >
      <DataTable
        caption={t("chart.by_member")}
        name={t("chart.member")}
        amounts={[t("chart.paid"), t("chart.share")]}
        rows={spending.members.map(({ member, paid, share }) => ({
          key: String(member),
          name: people.name(member),
          amounts: [money(paid), money(share)],
        }))}
      />
    </Figure>
  );
}
