/** A plain decimal as the API writes it: "-12.50", "33.33"; the type `Intl.NumberFormat` takes without loss. */
export type Decimal = `${number}`;

/**
 * Read a plain decimal as a whole number of its last decimal place: "12.5" with two decimals is 1250n.
 *
 * The shape is the server's: `-?digits[.digits]` in ASCII, no more decimals than there may be, be they zeros.
 */
export function parseDecimal(text: string, decimals: number): bigint | "not_a_number" | "too_many_decimals" {
  const [matched, sign, whole = "", fraction = ""] = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (matched === undefined) return "not_a_number";
  if (fraction.length > decimals) return "too_many_decimals";
  const value = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign ? -value : value;
}

/** Write a whole number of the last decimal place with exactly that many decimals: 1250n with two is "12.50". */
export function writeDecimal(value: bigint, decimals: number): Decimal {
  const sign = value < 0n ? "-" : "";
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return (decimals ? `${sign}${whole}.${digits.slice(-decimals)}` : `${sign}${whole}`) as Decimal;
}
