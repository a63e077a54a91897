import { expect, test } from "vitest";
import { CURRENCIES, currencyName, currencySymbol, exponent, isCurrency } from "./currency";

test("decimals are those of ISO 4217, also where Intl has others", () => {
  expect(["EUR", "JPY", "KWD", "CLF", "UYW"].map(exponent)).toEqual([2, 0, 3, 4, 4]);
  expect(["IQD", "RSD", "MGA", "UGX"].map(exponent)).toEqual([3, 2, 2, 0]);
});

test("a code that is no currency is never guessed at", () => {
  for (const code of ["XAU", "eur", "", "constructor"]) {
    expect(isCurrency(code)).toBe(false);
    expect(() => exponent(code)).toThrow(RangeError);
  }
});

test("there are all the currencies, in order and once", () => {
  expect(CURRENCIES).toHaveLength(165);
  expect([...new Set(CURRENCIES)].sort()).toEqual([...CURRENCIES]);
});

test("currencies are named in the language of who reads", () => {
  expect(currencyName("INR", "en")).toBe("Indian Rupee");
  expect(currencyName("CHF", "de")).toBe("Schweizer Franken");
  expect(CURRENCIES.every((code) => currencyName(code, "hi").length > 1)).toBe(true);
  expect(currencySymbol("CAD", "en")).toBe("CA$");
  expect(currencySymbol("CAD", "en", "narrowSymbol")).toBe("$");
});
