import { describe, expect, test } from "vitest";
import { formatAmount, inputText, toWire } from "./amount";
import { CURRENCIES, currencySymbol } from "./currency";
import { type Reading, readAmount, readDecimal } from "./expression";
import { Chance, LOCALES } from "./testing";
import { plainText } from "./typed";

function read(text: string, locale = "en", currency = "EUR"): Reading {
  return readAmount(text, { currency, locale });
}

/** Say in short what a text was read as: an amount ("~" if rounded), or the error. */
function said(text: string, locale = "en", currency = "EUR"): string {
  const reading = read(text, locale, currency);
  if (reading.ok) return (reading.rounded ? "~" : "") + toWire(reading.minor, currency);
  if (reading.error === "ambiguous") return reading.readings.map((minor) => toWire(minor, currency)).join(" or ");
  if (reading.error === "decimals" && reading.other !== null) return `decimals, or ${toWire(reading.other, currency)}`;
  return reading.error;
}

describe("arithmetic", () => {
  test.each([
    ["12.5+3*2", "18.50"],
    ["(10+5)/3", "5.00"],
    ["10-2-3", "5.00"],
    ["12/2/3", "2.00"],
    ["2*-3", "-6.00"],
    ["-(2+3)*2", "-10.00"],
    ["--5", "5.00"],
    ["+5", "5.00"],
    ["-5+2*3", "1.00"],
    ["((1))", "1.00"],
    [" 1 + 2 ", "3.00"],
    ["3 × 4 − 2 ÷ 2", "11.00"],
    ["3x4", "12.00"],
    ["0.1+0.2", "0.30"],
    ["1/3*3", "1.00"],
    ["10/-4", "-2.50"],
    ["9999999999999.99+0.01", "10000000000000.00"],
  ])("%s is %s", (text, amount) => {
    expect(said(text)).toBe(amount);
  });

  test.each([
    ["10/3", "~3.33"],
    ["20/3", "~6.67"],
    ["0.01/2", "~0.01"],
    ["-0.01/2", "~-0.01"],
    ["1.899*40", "75.96"],
    ["1.899*41.5", "~78.81"],
    ["(1.234+1)*2", "~4.47"],
    ["2.5*0.33+1", "~1.83"],
  ])("only a product or quotient is rounded, half away from zero, and it is told: %s is %s", (text, amount) => {
    expect(said(text)).toBe(amount);
  });

  test("yen round to whole yen", () => {
    expect(said("5/2", "en", "JPY")).toBe("~3");
    expect(said("1000/3", "en", "JPY")).toBe("~333");
    expect(said("10/3", "en", "KWD")).toBe("~3.333");
  });

  test.each([
    "5 5",
    "1..2",
    "1.2.3",
    "12 50",
    "(1",
    "1)",
    "*2",
    "1+*2",
    "2(3)",
    "1e3",
    "½",
    "5²",
    "abc",
    "1%",
    "1€50",
    "€",
    "()",
    "12.11.2026",
    "1'50",
    "1,2,3",
    ".",
    ",",
    "10:3",
    "1_000",
    "#",
    "💶",
    "5K",
  ])("%s is no amount", (text) => {
    expect(["syntax", "incomplete"]).toContain(said(text));
  });

  test("what only lacks its end is told from what is wrong", () => {
    for (const text of ["12+", "12.5*", "(1+2", "-", "€", "1,5+"]) expect(said(text)).toBe("incomplete");
    for (const text of ["1+*2", "1)", "1 2"]) expect(said(text)).toBe("syntax");
  });

  test("other refusals", () => {
    expect(said("")).toBe("empty");
    expect(said(" \u00a0 ")).toBe("empty");
    expect(said("0")).toBe("zero");
    expect(said("5-5")).toBe("zero");
    expect(said("0.001*1")).toBe("zero");
    expect(said("1/0")).toBe("division_by_zero");
    expect(said("1/(2-2)")).toBe("division_by_zero");
    expect(read("10000000000000.01")).toEqual({ ok: false, error: "too_large", limit: 10n ** 15n });
    expect(said("-10000000000000*2")).toBe("too_large");
    expect(said("9".repeat(200))).toBe("too_large");
    expect(said("(".repeat(5000))).toBe("syntax");
  });

  test("zero and negative amounts are taken where they may stand", () => {
    const options = { currency: "EUR", locale: "en" };
    expect(readAmount("0", { ...options, allowZero: true })).toEqual({ ok: true, minor: 0n, rounded: false });
    expect(readAmount("-5", options)).toEqual({ ok: true, minor: -500n, rounded: false });
    expect(readAmount("-5", { ...options, allowNegative: false })).toEqual({ ok: false, error: "negative" });
  });
});

describe("comma and point", () => {
  test.each([
    // The language's own way.
    ["1,234.50", "en", "EUR", "1234.50"],
    ["1.234,50", "de", "EUR", "1234.50"],
    ["1.234", "de", "EUR", "1234.00"],
    ["1,234", "en", "EUR", "1234.00"],
    ["1,234", "en", "JPY", "1234"],
    ["12,34,567.5", "en-IN", "INR", "1234567.50"],
    ["12,34,567.5", "hi", "INR", "1234567.50"],
    ["1'234.50", "de-CH", "CHF", "1234.50"],
    ["1’234.50", "de-CH", "CHF", "1234.50"],
    ["1\u202f234,50", "fr", "EUR", "1234.50"],
    ["1 234,50", "pl", "PLN", "1234.50"],
    ["1.250", "en", "KWD", "1.250"],
    ["1,250", "de", "KWD", "1.250"],
    [".5", "en", "EUR", "0.50"],
    [",5", "de", "EUR", "0.50"],
    ["5.", "en", "EUR", "5.00"],
    ["5,", "de", "EUR", "5.00"],
    // The other way, where it is the only possible one.
    ["1,5", "en", "EUR", "1.50"],
    ["12,50", "en", "EUR", "12.50"],
    ["1.5", "de", "EUR", "1.50"],
    ["12.50", "de", "EUR", "12.50"],
    ["12.50", "fr", "EUR", "12.50"],
    ["1.234,56", "en", "EUR", "1234.56"],
    ["1,234.56", "de", "EUR", "1234.56"],
    ["1.234.567", "en", "EUR", "1234567.00"],
    ["1,234,567", "de", "EUR", "1234567.00"],
    ["1,5+2,25", "en", "EUR", "3.75"],
    ["1.5", "ar-EG", "EGP", "1.50"],
    ["0,123", "en", "KWD", "0.123"],
    ["1234,567", "en", "KWD", "1234.567"],
    // Too many decimals, whatever the other way would give.
    ["1.234", "en", "EUR", "decimals, or 1234.00"],
    ["1,234", "de", "EUR", "decimals, or 1234.00"],
    ["1.234", "fr", "EUR", "decimals, or 1234.00"],
    ["1,234", "de-CH", "CHF", "decimals, or 1234.00"],
    ["1,234", "ar-EG", "EGP", "decimals, or 1234.00"],
    ["1.234", "ar-EG", "EGP", "decimals, or 1234.00"],
    ["1.234", "en", "JPY", "decimals, or 1234"],
    ["1.234+1", "en", "EUR", "decimals, or 1235.00"],
    ["12.345,678", "de", "EUR", "decimals"],
    ["1.5", "en", "JPY", "decimals"],
    ["1.00", "en", "JPY", "decimals"],
    ["1,5", "en", "JPY", "decimals"],
    ["1.005+1.005", "en", "EUR", "decimals, or 2010.00"],
    ["1.2345", "en", "KWD", "decimals"],
    ["1.899*2+0.001", "en", "EUR", "decimals"],
    // Both possible.
    ["1,234", "en", "KWD", "1234.000 or 1.234"],
    ["1.234", "de", "KWD", "1234.000 or 1.234"],
    ["1.234", "fr", "TND", "1234.000 or 1.234"],
    ["1.234", "ar-EG", "KWD", "1.234 or 1234.000"],
    ["1,234*2", "en", "EUR", "2468.00 or 2.47"],
    ["1.899*40", "de", "EUR", "75960.00 or 75.96"],
    ["10.000/4", "de", "EUR", "2500.00 or 2.50"],
    // Neither.
    ["1.5+1,5", "en", "EUR", "syntax"],
    ["1,23,4", "en", "EUR", "syntax"],
    ["0.123.456", "en", "EUR", "syntax"],
    ["1 234.567,5", "de", "EUR", "syntax"],
  ])("%s in %s, %s, is %s", (text, locale, currency, amount) => {
    expect(said(text, locale, currency)).toBe(amount);
  });
});

describe("other scripts and signs", () => {
  test.each([
    ["१२.५०", "hi", "INR", "12.50"],
    ["١٢٫٥٠", "ar-EG", "EGP", "12.50"],
    ["١٬٢٣٤٫٥", "ar-EG", "EGP", "1234.50"],
    ["۱۲٫۵", "fa", "EUR", "12.50"],
    ["１２．５０", "ja", "EUR", "12.50"],
    ["１，２３４", "ja", "JPY", "1234"],
    ["١٢،٥٠", "ar", "EUR", "12.50"],
    ["\u200f-12.50\u200e", "he", "ILS", "-12.50"],
    ["€12.50", "en", "EUR", "12.50"],
    ["12,50 €", "de", "EUR", "12.50"],
    ["12,50\u00a0€ + 3 €", "de", "EUR", "15.50"],
    ["EUR 12.50", "en", "EUR", "12.50"],
    ["12.50 eur", "en", "EUR", "12.50"],
    ["-€5", "en", "EUR", "-5.00"],
    ["€-5", "en", "EUR", "-5.00"],
    ["€(5+1)", "en", "EUR", "6.00"],
    ["₹1,23,456", "en-IN", "INR", "123456.00"],
    ["100 zł", "pl", "PLN", "100.00"],
    ["100 kr", "sv", "SEK", "100.00"],
    ["CA$5", "en", "CAD", "5.00"],
    ["$5", "en", "CAD", "5.00"],
    ["R50", "en", "ZAR", "50.00"],
    ["K5", "en", "MMK", "5.00"],
    ["5K", "en", "MMK", "syntax"],
    ["5k", "en", "MMK", "syntax"],
    ["د.ك. ٥", "ar-EG", "KWD", "5.000"],
    ["$5", "en", "EUR", "currency"],
    ["5 USD", "en", "EUR", "currency"],
    ["5 dollars", "en", "EUR", "syntax"],
  ])("%s in %s, %s, is %s", (text, locale, currency, amount) => {
    expect(said(text, locale, currency)).toBe(amount);
  });

  test("the other currency is named", () => {
    expect(read("5 usd")).toEqual({ ok: false, error: "currency", found: "usd" });
  });

  test("decimal digits of every script are read", () => {
    for (const system of Intl.supportedValuesOf("numberingSystem")) {
      const digits = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false }).format(1234567890);
      if (/^\p{Nd}+$/u.test(digits)) expect(plainText(digits)).toBe("1234567890");
    }
  });
});

test("percentages and weights are read alike, and may be zero", () => {
  const percent = (text: string) => readDecimal(text, { decimals: 2, locale: "de", limit: 10_000n });
  expect(percent("33,33 %")).toEqual({ ok: true, minor: 3333n, rounded: false });
  expect(percent("100/3")).toEqual({ ok: true, minor: 3333n, rounded: true });
  expect(percent("0")).toEqual({ ok: true, minor: 0n, rounded: false });
  expect(percent("-1")).toEqual({ ok: false, error: "negative" });
  expect(percent("100,01")).toEqual({ ok: false, error: "too_large", limit: 10_000n });
  expect(percent("33,333")).toMatchObject({ ok: false, error: "decimals", allowed: 2 });
  expect(readDecimal("1,5", { decimals: 4, locale: "de" })).toEqual({ ok: true, minor: 15_000n, rounded: false });
});

test("what a field is filled with, and what people read, is read back as the same amount in every language", () => {
  const chance = new Chance(7);
  for (const locale of LOCALES) {
    for (const currency of CURRENCIES) {
      const minor = chance.amount() || 1n;
      const same = { ok: true, minor, rounded: false };
      const filled = inputText(toWire(minor, currency), locale);
      expect([locale, filled, read(filled, locale, currency)]).toEqual([locale, filled, same]);
      if (/^[kmbtl]$/i.test(currencySymbol(currency, locale))) continue;
      const shown = formatAmount(minor, currency, locale);
      expect([locale, shown, read(shown, locale, currency)]).toEqual([locale, shown, same]);
    }
  }
}, 60_000);

test("any text is an amount or refused, and nothing else", () => {
  const chance = new Chance(13);
  const alphabet = [..."0123456789..,,'+-*/() x€$Kk%٣٫٬१²½\u00a0\u200f\ud800💶", "EUR", "1,234", "1.234"];
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + chance.upTo(8) }, () => chance.pick(alphabet)).join("");
    const reading = read(text, chance.pick(LOCALES), chance.pick(["EUR", "JPY", "KWD", "MMK"]));
    if (!reading.ok) continue;
    expect(/\p{Nd}/u.test(text) && !/[²½%💶\ud800]/u.test(text)).toBe(true);
  }
}, 60_000);

test("a sum of random amounts is exact", () => {
  const chance = new Chance(11);
  for (let round = 0; round < 500; round += 1) {
    const amounts = Array.from({ length: 5 }, () => chance.amount() / 10n);
    const sum = amounts.reduce((all, each) => all + each, 0n);
    const text = amounts.map((minor) => `(${toWire(minor, "EUR")})`).join("+");
    expect(readAmount(text, { currency: "EUR", locale: "en", allowZero: true })).toEqual({
      ok: true,
      minor: sum,
      rounded: false,
    });
  }
});
