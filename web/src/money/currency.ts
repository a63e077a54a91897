import type { components } from "../api/schema";

/** An ISO 4217 code one can owe, as the API spells it. */
export type Currency = NonNullable<components["schemas"]["ExpenseIn"]["currency"]>;

// Both tables are those of ISO 4217, as the server has them: tests/architecture/test_web_currencies.py compares them.
// `Intl` is not asked, for CLDR gives a dozen currencies (IQD, RSD, UGX …) other decimals than ISO does.
const CODES = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
  CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
  HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
  MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
  RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
  USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
`;
const OTHER_EXPONENTS: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

/** All currencies, by code. */
export const CURRENCIES: readonly Currency[] = CODES.trim().split(/\s+/) as Currency[];

const exponents = new Map<string, number>(CURRENCIES.map((code) => [code, 2]));
for (const [decimals, codes] of Object.entries(OTHER_EXPONENTS)) {
  for (const code of codes.split(" ")) exponents.set(code, Number(decimals));
}

/** Tell whether a code is a currency one can owe. */
export function isCurrency(code: string): code is Currency {
  return exponents.has(code);
}

/** Return how many decimals a currency has; an unknown one throws, as any guess could be a factor of 100 wrong. */
export function exponent(currency: string): number {
  const decimals = exponents.get(currency);
  if (decimals === undefined) throw new RangeError(`There is no currency ${JSON.stringify(currency)}.`);
  return decimals;
}

const names = new Map<string, Intl.DisplayNames>();

/** Return what people call a currency in their language: "Indian Rupee"; the code, where it has no name. */
export function currencyName(currency: string, locale: string): string {
  const known = names.get(locale) ?? new Intl.DisplayNames(locale, { type: "currency" });
  names.set(locale, known);
  return known.of(currency) ?? currency;
}

/** Return the sign people know a currency by in their language: "€", "CA$", or the code. */
export function currencySymbol(
  currency: string,
  locale: string,
  display: "symbol" | "narrowSymbol" = "symbol",
): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: display });
  return format.formatToParts(0).find((part) => part.type === "currency")?.value ?? currency;
}
