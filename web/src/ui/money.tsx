import { useText } from "../i18n";

const formats = new Map<string, Intl.NumberFormat>();

/** Write an amount as the API gives it ("12.50") for people: exactly, with as many decimals as it has. */
export function formatMoney(
  amount: string,
  currency: string,
  locale: string,
  sign: "auto" | "always" | "never" = "auto",
) {
  const digits = amount.split(".")[1]?.length ?? 0;
  const name = `${locale}|${currency}|${digits}|${sign}`;
  let format = formats.get(name);
  if (format === undefined) {
    const signDisplay = sign === "always" ? "exceptZero" : sign;
    format = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay,
    });
    formats.set(name, format);
  }
  // A decimal string is formatted exactly; a number would not always be.
  return format.format(amount as `${number}`);
}

export function Money(props: {
  amount: string;
  currency: string;
  sign?: "auto" | "always" | "never";
  className?: string;
}) {
  const { locale } = useText();
  return (
    <span className={`money ${props.className ?? ""}`}>
      {formatMoney(props.amount, props.currency, locale, props.sign)}
    </span>
  );
}
