import type { Text } from "../i18n";
import { formatAmount } from "../money/amount";
import type { Reading } from "../money/expression";

/** Say why a text is no amount, or nothing where it is one (or may still become one, unless asked strictly). */
export function misreadText(reading: Reading, currency: string, text: Text, strict: boolean): string | undefined {
  if (reading.ok) return undefined;
  const { t, count, locale } = text;
  switch (reading.error) {
    case "empty":
    case "incomplete":
      return strict ? t("say.required") : undefined;
    case "decimals":
      return reading.allowed === 0 ? t("amount.no_decimals", { currency }) : count("amount.decimals", reading.allowed);
    case "ambiguous":
      return t("amount.ambiguous");
    case "too_large":
      return t("amount.too_large", { limit: formatAmount(reading.limit, currency, locale) });
    case "currency":
      return t("amount.currency", { found: reading.found, currency });
    case "zero":
      return t("amount.zero");
    case "negative":
      return t("amount.negative");
    case "division_by_zero":
      return t("amount.division_by_zero");
    case "syntax":
      return t("amount.syntax");
  }
}
