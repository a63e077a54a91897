import { exponent } from "./currency";
import { type Decimal, parseDecimal, writeDecimal } from "./decimal";

/** The largest amount the server takes, in minor units; sums of many may be larger. */
export const MAX_MINOR = 10n ** 15n;

/** How an amount shows its sign: only a minus; also a plus, but not at zero; none. */
export type Sign = "auto" | "exceptZero" | "never";

/** Read an amount as the API writes it, in minor units; anything else throws. */
export function parseWire(text: string, currency: string): bigint {
  const minor = parseDecimal(text, exponent(currency));
  if (typeof minor === "string") throw new RangeError(`${JSON.stringify(text)} is no amount in ${currency}.`);
  return minor;
}

/** Write an amount as the API takes it: "-0.05", JPY "1250", KWD "1.250". */
export function toWire(minor: bigint, currency: string): Decimal {
  return writeDecimal(minor, exponent(currency));
}

/** Write an amount as people read it, to the last minor unit: "€1,234.50", "1.234,50 €". */
export function formatAmount(minor: bigint, currency: string, locale: string, sign: Sign = "auto"): string {
  return exactFormat(currency, locale, sign).format(toWire(minor, currency));
}

/** Give the parts of what `formatAmount` writes, for those who set the symbol or the decimals apart. */
export function amountParts(
  minor: bigint,
  currency: string,
  locale: string,
  sign: Sign = "auto",
): Intl.NumberFormatPart[] {
  return exactFormat(currency, locale, sign).formatToParts(toWire(minor, currency));
}

/** Write an amount shortly, for the axis of a chart: "€1.2K". It is rounded, so it never stands for the amount. */
export function compactAmount(minor: bigint, currency: string, locale: string): string {
  const format = cached(`compact ${locale} ${currency}`, locale, {
    style: "currency",
    currency,
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  });
  return format.format(toWire(minor, currency));
}

/**
 * Write a plain decimal (an amount, a percentage, a weight) as one types it in this language: "1234,50".
 *
 * Without symbol and grouping, so that what a field is filled with is read back as the same number by `expression.ts`.
 */
export function inputText(decimal: string, locale: string): string {
  const digits = decimal.split(".")[1]?.length ?? 0;
  // The currency does not matter, but that it is one does: fr-CH has another decimal mark for money.
  const format = cached(`input ${locale} ${digits}`, locale, {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const kept = format.formatToParts(decimal as Decimal).filter((part) => /integer|decimal|fraction/.test(part.type));
  return (decimal.startsWith("-") ? "-" : "") + kept.map((part) => part.value).join("");
}

/** Return how much of a whole a part is, as a number between 0 and 1 to draw with, never to reckon with. */
export function proportion(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const size = Number((10_000n * part) / whole) / 10_000;
  return Math.min(1, Math.abs(size));
}

const formats = new Map<string, Intl.NumberFormat>();

function exactFormat(currency: string, locale: string, sign: Sign): Intl.NumberFormat {
  const decimals = exponent(currency);
  return cached(`exact ${locale} ${currency} ${sign}`, locale, {
    style: "currency",
    currency,
    signDisplay: sign,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** Keep formats: making one takes a hundred times as long as using it, and a list shows many amounts. */
function cached(key: string, locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}
