import { useMemo } from "react";
import { useText } from "../i18n";
import { CURRENCIES, type Currency, currencyName } from "../money/currency";
import { SelectField } from "./field";

/** Choose a currency by its code or its name. */
export function CurrencyField(props: { value: Currency; onValue: (currency: Currency) => void }) {
  const { t, locale } = useText();
  const names = useMemo(() => CURRENCIES.map((code) => ({ code, name: currencyName(code, locale) })), [locale]);
  return (
    <SelectField
      label={t("currency.label")}
      value={props.value}
      onChange={(event) => props.onValue(event.target.value as Currency)}
    >
      {names.map(({ code, name }) => (
        <option key={code} value={code}>
          {code} – {name}
        </option>
      ))}
    </SelectField>
  );
}
