import type { Spending } from "../../data/spending";
import { useText } from "../../i18n";
import { toWire } from "../../money/amount";
import { Money } from "../../ui/money";
import { Bars } from "./bars";
import { DataTable, Figure } from "./figure";

export function CategoryChart({ spending }: { spending: Spending }) {
  const { t } = useText();
  const { currency } = spending;
  const named = spending.categories.map(({ category, amount }) => ({
    key: category ?? "",
    label: category ?? t("chart.no_category"),
    amount,
  }));
  return (
    <Figure
      title={t("chart.by_category")}
      chart={<Bars rows={named.map(({ key, label, amount }) => ({ key, label, bars: [{ amount, look: "full" }] }))} />}
    >
      <DataTable
        caption={t("chart.by_category")}
        name={t("chart.category")}
        amounts={[t("chart.amount")]}
        rows={named.map(({ key, label, amount }) => ({
          key,
          name: label,
          amounts: [<Money key="amount" amount={toWire(amount, currency)} currency={currency} />],
        }))}
      />
    </Figure>
  );
}
