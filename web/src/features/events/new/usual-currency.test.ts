import { expect, test } from "vitest";
import { usualCurrency } from "./usual-currency";

test("people pay with the currency of where their locale is at home", () => {
  const known = {
    "de-AT": "EUR",
    hi: "INR",
    en: "USD",
    "en-GB": "GBP",
    "es-MX": "MXN",
    "de-CH": "CHF",
    "es-UY": "UYU",
  };
  for (const [locale, currency] of Object.entries(known)) expect(usualCurrency(locale)).toBe(currency);
});

test("countries that share a currency, and places without one, are known too", () => {
  const known = { "fr-SN": "XOF", "en-EC": "USD", "bg-BG": "EUR", eo: "USD", "en-001": "USD" };
  for (const [locale, currency] of Object.entries(known)) expect(usualCurrency(locale)).toBe(currency);
});
