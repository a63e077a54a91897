import { CURRENCIES, type Currency, isCurrency } from "../../../money/currency";

/** Codes of accounts and funds that begin as a country does; nobody pays a dinner in them. */
const FUNDS = new Set(["BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "VED"]);
const SHARED: Readonly<Record<string, string>> = {
  EUR: "AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA XK YT",
  USD: "AS EC FM GU MH MP PR PW SV TC TL UM US VG VI",
  XOF: "BF BJ CI GW ML NE SN TG",
  XAF: "CF CG CM GA GQ TD",
  XCD: "AG AI DM GD KN LC MS VC",
  XPF: "NC PF WF",
  AUD: "CX CC HM KI NF NR TV",
  NZD: "CK NU PN TK",
  GBP: "GG GS IM JE",
  DKK: "FO GL",
  NOK: "BV SJ",
  CHF: "LI",
  ILS: "PS",
  MAD: "EH",
  XCG: "CW SX",
};

/** Tell what people pay with where a locale is at home: "de-AT" is in EUR, "hi" in INR; USD where that is not known. */
export function usualCurrency(locale: string): Currency {
  const region = new Intl.Locale(locale).maximize().region ?? "";
  const shared = Object.keys(SHARED).find((code) => SHARED[code]?.split(" ").includes(region));
  if (shared !== undefined && isCurrency(shared)) return shared;
  // A currency of one country begins with that country's code (ISO 4217).
  return CURRENCIES.find((code) => region !== "" && code.startsWith(region) && !FUNDS.has(code)) ?? "USD";
}
