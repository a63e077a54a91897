import { useText } from "../i18n";
import { formatAmount, parseWire } from "../money/amount";

/** How an amount shows its sign: only a minus; also a plus, but not at zero; none. */
export type Sign = "auto" | "always" | "never";

/** Write an amount as the API gives it ("12.50") for people, to the last minor unit. */
export function formatMoney(amount: string, currency: string, locale: string, sign: Sign = "auto"): string {
  const shown = sign === "always" ? "exceptZero" : sign;
  return formatAmount(parseWire(amount, currency), currency, locale, shown);
}

export function Money(props: { amount: string; currency: string; sign?: Sign; className?: string }) {
  const { locale } = useText();
  return (
    <span className={`money ${props.className ?? ""}`}>
      {formatMoney(props.amount, props.currency, locale, props.sign)}
    </span>
  );
}
