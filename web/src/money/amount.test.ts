import { expect, test } from "vitest";
import {
  amountParts,
  compactAmount,
  formatAmount,
  inputText,
  MAX_MINOR,
  parseWire,
  proportion,
  toWire,
} from "./amount";
import { CURRENCIES } from "./currency";
import { parseDecimal, writeDecimal } from "./decimal";
import { Chance } from "./testing";

test.each([
  ["12.50", "EUR", 1250n],
  ["12.5", "EUR", 1250n],
  ["-0.05", "EUR", -5n],
  ["-0", "EUR", 0n],
  ["007.10", "EUR", 710n],
  ["1250", "JPY", 1250n],
  ["1.250", "KWD", 1250n],
  ["0.0001", "CLF", 1n],
  ["40000000000000000.00", "EUR", 4n * 10n ** 18n],
])("the API's %s %s is read exactly", (text, currency, minor) => {
  expect(parseWire(text, currency)).toBe(minor);
});

test.each(["", "-", ".5", "5.", "+1", "1e3", "1,50", " 1", "1\n", "١٢", "NaN", "1.234"])(
  "%j is nothing the API writes",
  (text) => {
    expect(() => parseWire(text, "EUR")).toThrow(RangeError);
  },
);

test("a decimal says what is wrong with it", () => {
  expect(parseDecimal("1.234", 2)).toBe("too_many_decimals");
  expect(parseDecimal("1.00", 0)).toBe("too_many_decimals");
  expect(parseDecimal("1,2", 2)).toBe("not_a_number");
  expect(parseDecimal("33.33", 4)).toBe(333300n);
  expect(writeDecimal(-3n, 4)).toBe("-0.0003");
});

test("amounts are written with exactly the decimals of their currency", () => {
  const written = [
    toWire(-5n, "EUR"),
    toWire(1250n, "JPY"),
    toWire(1250n, "KWD"),
    toWire(0n, "EUR"),
    toWire(1n, "CLF"),
  ];
  expect(written).toEqual(["-0.05", "1250", "1.250", "0.00", "0.0001"]);
});

test("what was written is read back, in every currency", () => {
  const chance = new Chance(1);
  for (const currency of CURRENCIES) {
    for (const minor of [0n, 1n, -99n, 100n, MAX_MINOR, -MAX_MINOR, chance.amount(), chance.amount()]) {
      expect(parseWire(toWire(minor, currency), currency)).toBe(minor);
    }
  }
});

test("people read amounts in their own way, to the last unit", () => {
  expect(formatAmount(123456n, "EUR", "en")).toBe("€1,234.56");
  expect(formatAmount(123456n, "EUR", "de")).toBe("1.234,56\u00a0€");
  expect(formatAmount(80000n, "INR", "hi")).toBe("₹800.00");
  expect(formatAmount(12345678n, "INR", "en-IN")).toBe("₹1,23,456.78");
  expect(formatAmount(-1234n, "JPY", "en")).toBe("-¥1,234");
  expect(formatAmount(1234567n, "IQD", "en")).toBe("IQD\u00a01,234.567");
  expect(formatAmount(MAX_MINOR - 1n, "EUR", "en")).toBe("€9,999,999,999,999.99");
  expect(formatAmount(10n ** 20n + 1n, "EUR", "en")).toBe("€1,000,000,000,000,000,000.01");
});

test("the sign is shown as asked for", () => {
  expect(formatAmount(500n, "EUR", "en", "exceptZero")).toBe("+€5.00");
  expect(formatAmount(0n, "EUR", "en", "exceptZero")).toBe("€0.00");
  expect(formatAmount(-500n, "EUR", "en", "never")).toBe("€5.00");
});

test("parts join to the whole", () => {
  const parts = amountParts(-123456n, "EUR", "de");
  expect(parts.map((part) => part.value).join("")).toBe(formatAmount(-123456n, "EUR", "de"));
  expect(parts.find((part) => part.type === "fraction")?.value).toBe("56");
});

test("charts get short amounts and proportions", () => {
  expect(compactAmount(123456789n, "EUR", "en")).toBe("€1.2M");
  expect(compactAmount(50000n, "EUR", "en")).toBe("€500");
  expect(proportion(1n, 3n)).toBe(0.3333);
  expect(proportion(-MAX_MINOR, MAX_MINOR)).toBe(1);
  expect(proportion(5n, 0n)).toBe(0);
});

test("a field is filled as one would type it", () => {
  expect(inputText("1234.50", "de")).toBe("1234,50");
  expect(inputText("-1234.50", "en")).toBe("-1234.50");
  expect(inputText("1234.50", "ar-EG")).toBe("١٢٣٤٫٥٠");
  expect(inputText("33.3", "de")).toBe("33,3");
  expect(inputText("1250", "fr-CH")).toBe("1250");
});
