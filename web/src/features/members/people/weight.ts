import { habitsOf, plainText } from "../../../money/typed";

/** Read a weight as somebody of a locale writes it, such as "1,5"; null where it is none, or could be a thousand. */
export function weightOf(typed: string, locale: string): string | null {
  const [found, whole, mark, decimals] = /^(\d{1,9})(?:([.,])(\d{1,4}))?$/.exec(plainText(typed)) ?? [];
  if (found === undefined || whole === undefined) return null;
  if (mark === undefined || decimals === undefined) return whole;
  if (decimals.length === 3 && habitsOf(locale).decimal !== mark) return null;
  return `${whole}.${decimals}`;
}

/** Write a weight as people of a locale do. */
export function shownWeight(weight: string, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 4, useGrouping: false }).format(weight as `${number}`);
}
