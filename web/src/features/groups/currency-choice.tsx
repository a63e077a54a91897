import { useMemo } from "react";
import { useText } from "../../i18n";
import { CURRENCIES, type Currency, currencyName } from "../../money/currency";
import { SelectField } from "../../ui/field";

/** What the events of a group are in, if that is always the same. */
export function CurrencyChoice(props: {
  value: Currency | null;
  onValue: (currency: Currency | null) => void;
  error: string | undefined;
}) {
  const { t, locale } = useText();
  const names = useMemo(() => CURRENCIES.map((code) => ({ code, name: currencyName(code, locale) })), [locale]);
  return (
    <SelectField
      label={t("groups.currency")}
      hint={t("groups.currency.hint")}
      value={props.value ?? ""}
      onChange={(event) => props.onValue((event.currentTarget.value || null) as Currency | null)}
      error={props.error}
    >
      <option value="">{t("groups.currency.none")}</option>
      {names.map(({ code, name }) => (
        <option key={code} value={code}>
          {code} – {name}
        </option>
      ))}
    </SelectField>
  );
}
