import { useMemo } from "react";
import type { MemberOut } from "../../../api/client";
import { useText } from "../../../i18n";
import { CURRENCIES, currencyName, isCurrency } from "../../../money/currency";
import { SelectField, TextField } from "../../../ui/field";
import { countriesIn, inOrder, type Named } from "./countries";

type Payment = MemberOut["payment"];

/** Where a member's money lies: only fees go by it, so it stays folded away. */
export function PaymentFields(props: {
  isSelf: boolean;
  value: Payment;
  onChange: (payment: Payment) => void;
  errorOf: (field: string) => string | undefined;
}) {
  const { t, locale } = useText();
  const { value, onChange, errorOf } = props;
  const countries = useMemo(() => countriesIn(locale), [locale]);
  const currencies = useMemo(() => inOrder(CURRENCIES, (code) => currencyName(code, locale), locale), [locale]);
  const wrong = ["bank", "country", "currency"].some((field) => errorOf(field) !== undefined);
  return (
    <details open={wrong || undefined} className="rounded-xl border border-line px-4">
      <summary className="min-h-11 cursor-pointer py-2.5 font-medium">{t("members.payment")}</summary>
      <div className="grid gap-4 pb-4">
        <p className="text-sm text-quiet">{t(props.isSelf ? "members.payment.what" : "members.payment.what.other")}</p>
        <TextField
          label={t("members.bank")}
          value={value.bank ?? ""}
          maxLength={100}
          autoComplete="off"
          onChange={(typed) =>
            onChange({ ...value, bank: typed.target.value.trim() === "" ? null : typed.target.value })
          }
          error={errorOf("bank")}
        />
        <Choice
          label={t("members.country")}
          value={value.country ?? ""}
          choices={countries}
          onChange={(code) => onChange({ ...value, country: code === "" ? null : code })}
          error={errorOf("country")}
        />
        <Choice
          label={t("members.currency")}
          value={value.currency ?? ""}
          choices={currencies}
          onChange={(code) => onChange({ ...value, currency: isCurrency(code) ? code : null })}
          error={errorOf("currency")}
        />
      </div>
    </details>
  );
}

function Choice(props: {
  label: string;
  value: string;
  choices: readonly Named[];
  onChange: (code: string) => void;
  error: string | undefined;
}) {
  const { t } = useText();
  return (
    <SelectField
      label={props.label}
      value={props.value}
      onChange={(chosen) => props.onChange(chosen.target.value)}
      error={props.error}
    >
      <option value="">{t("members.payment.none")}</option>
      {props.choices.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
