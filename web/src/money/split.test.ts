import { expect, test } from "vitest";
import vectorsText from "../../../tests/vectors/splits.json?raw";
import type { components } from "../api/schema";
import { toWire } from "./amount";
import { exponent } from "./currency";
import { parseDecimal, writeDecimal } from "./decimal";
import type { Refusal } from "./refusal";
import { defaultSplit, previewSplit, type Split, type SplitMember } from "./split";
import { Chance } from "./testing";

type Parts = [number, number][];

/** A rule as the journal stores it, and the vectors with it: in minor units, hundredths, ten-thousandths. */
type Rule =
  | { type: "equal"; among?: number[] }
  | { type: "exact" | "percentage" | "shares"; shares: Parts }
  | { type: "adjustment"; among?: number[]; adjustments?: Parts }
  | {
      type: "itemized";
      items: { name: string; amount_minor: number; among: number[] }[];
      tax_minor?: number;
      tip_minor?: number;
      discount_minor?: number;
    };

interface Vector {
  name: string;
  total: number;
  currency: string;
  rule: Rule;
  shares?: Parts;
  refused?: string;
  field?: string;
  expected?: string;
  actual?: string;
}

const VECTORS: Vector[] = JSON.parse(vectorsText);

/** Write a rule as it travels. */
function wire(rule: Rule, currency: string): Split {
  const money = (minor: number) => toWire(BigInt(minor), currency);
  const amounts = (parts: Parts) => parts.map(([member, minor]) => ({ member, amount: money(minor) }));
  switch (rule.type) {
    case "equal":
      return rule;
    case "exact":
      return { type: rule.type, shares: amounts(rule.shares) };
    case "percentage":
      return {
        type: rule.type,
        shares: rule.shares.map(([member, each]) => ({ member, percent: writeDecimal(BigInt(each), 2) })),
      };
    case "shares":
      return {
        type: rule.type,
        shares: rule.shares.map(([member, each]) => ({ member, weight: writeDecimal(BigInt(each), 4) })),
      };
    case "adjustment":
      return { type: rule.type, among: rule.among ?? [], adjustments: amounts(rule.adjustments ?? []) };
    case "itemized":
      return {
        type: rule.type,
        items: rule.items.map((item) => ({ name: item.name, amount: money(item.amount_minor), among: item.among })),
        tax: money(rule.tax_minor ?? 0),
        tip: money(rule.tip_minor ?? 0),
        discount: money(rule.discount_minor ?? 0),
      };
  }
}

/** Read what the server said was expected or given ("at least 1", "99.99") as a refusal here counts it. */
function number(said: string | undefined, refusal: Refusal, currency: string): bigint | undefined {
  const [found] = /-?\d+(\.\d+)?/.exec(said ?? "") ?? [];
  if (found === undefined) return undefined;
  const decimals = { money: exponent(currency), percent: 2, weight: 4, count: 0 }[refusal.unit ?? "count"];
  const value = parseDecimal(found, decimals);
  if (typeof value === "string") throw new Error(`${said} is ${value}.`);
  return value;
}

test("there are vectors for every kind of split, shared and refused", () => {
  expect(VECTORS.length).toBeGreaterThan(110);
  for (const refused of [true, false]) {
    const kinds = new Set(
      VECTORS.filter((each) => (each.refused !== undefined) === refused).map((each) => each.rule.type),
    );
    expect(kinds.size).toBe(6);
  }
});

test.each(VECTORS.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
  const total = BigInt(vector.total);
  const preview = previewSplit(total, vector.currency, wire(vector.rule, vector.currency), []);
  if (preview.ok) {
    expect(preview.shares.map(({ member, minor }) => [member, Number(minor)])).toEqual(vector.shares);
    expect(preview.shares.reduce((sum, share) => sum + share.minor, 0n)).toBe(total);
    return;
  }
  const { refusal } = preview;
  expect([refusal.code, refusal.field]).toEqual([vector.refused, vector.field]);
  const [expected, actual] = [vector.expected, vector.actual].map((said) => number(said, refusal, vector.currency));
  expect(refusal.expected).toBe(expected);
  expect(refusal.unit ? refusal.actual : BigInt(refusal.member ?? 0)).toBe(actual);
});

const three: SplitMember[] = [
  { member: 1, active: true, weight: "1" },
  { member: 2, active: false, weight: "1" },
  { member: 3, active: true, weight: "1" },
  { member: 4, active: true, weight: "1" },
];

function shares(total: bigint, split: Split | undefined, members = three): unknown {
  const preview = previewSplit(total, "EUR", split, members);
  return preview.ok ? preview.shares.map(({ member, minor, odd }) => [member, minor, odd]) : preview.refusal;
}

test("the odd cent is told", () => {
  expect(shares(10000n, { type: "equal", among: [1, 3, 4] })).toEqual([
    [1, 3334n, true],
    [3, 3333n, false],
    [4, 3333n, false],
  ]);
  const halves = [1, 3].map((member) => ({ member, percent: "50" }));
  expect(shares(-3n, { type: "percentage", shares: halves })).toEqual([
    [1, -1n, false],
    [3, -2n, true],
  ]);
  const adjustments = [{ member: 3, amount: "1.03" }];
  expect(shares(1001n, { type: "adjustment", among: [1, 3, 4], adjustments })).toEqual([
    [1, 300n, true],
    [3, 402n, false],
    [4, 299n, false],
  ]);
});

test("nobody listed means the active members", () => {
  const everybody = [
    [1, 34n, true],
    [3, 33n, false],
    [4, 33n, false],
  ];
  // 100 among three starts the table at 33 mod 3 = 0.
  expect(shares(100n, { type: "equal" })).toEqual(everybody);
  expect(shares(100n, { type: "equal", among: [] })).toEqual(everybody);
  expect(shares(100n, { type: "adjustment" })).toEqual(everybody);
});

test("no split means by the weights of the active members", () => {
  expect(defaultSplit(three)).toEqual({ type: "equal", among: [] });
  expect(defaultSplit(three.map((one) => ({ ...one, weight: "2.5" })))).toEqual({ type: "equal", among: [] });
  // A left member's weight counts for nothing.
  expect(defaultSplit(three.map((one) => (one.active ? one : { ...one, weight: "7" })))).toMatchObject({
    type: "equal",
  });
  const weighing = three.map((one, index) => ({ ...one, weight: ["2", "1", "0", "1.0"][index] ?? "" }));
  expect(shares(100n, undefined, weighing)).toEqual([
    [1, 67n, true],
    [4, 33n, false],
  ]);
  const weightless = three.map((one) => ({ ...one, weight: "0" }));
  expect(shares(100n, undefined, weightless)).toMatchObject({ code: "split.nobody", field: "split.shares" });
  expect(shares(100n, undefined, [])).toMatchObject({ code: "split.nobody", field: "split.among" });
});

test("what cannot be read is refused where it stands", () => {
  const amount = (text: string): Split => ({
    type: "exact",
    shares: [
      { member: 1, amount: "1" },
      { member: 3, amount: text },
    ],
  });
  const field = "split.shares.1.amount";
  expect(shares(100n, amount("1,5"))).toEqual({ code: "money.not_a_number", field });
  expect(shares(100n, amount("1.500"))).toEqual({ code: "money.too_many_decimals", field });
  expect(shares(100n, amount("10000000000000.01"))).toMatchObject({ code: "money.out_of_bounds", field });
  expect(shares(-100n, amount("-10000000000000.01"))).toMatchObject({ code: "money.out_of_bounds", field });
  expect(shares(10n ** 15n + 1n, amount("1"))).toMatchObject({ code: "money.out_of_bounds", field: "amount" });
  const refusal = { code: "split.decimal_invalid", field: "split.shares.0.percent" };
  expect(shares(100n, { type: "percentage", shares: [{ member: 1, percent: "33.333" }] })).toEqual(refusal);
  const weight = { code: "split.decimal_invalid", field: "split.shares.0.weight" };
  expect(shares(100n, { type: "shares", shares: [{ member: 1, weight: "" }] })).toEqual(weight);
  // Twelve digits are as many as the server reads of a percentage or a weight.
  expect(shares(100n, { type: "shares", shares: [{ member: 1, weight: "1000000000000" }] })).toEqual(weight);
});

test("a bill is not endless", () => {
  const item = { name: "", amount: "0", among: [1] };
  const refusal = { code: "split.too_large", field: "split.items" };
  const many = Array.from({ length: 1001 }, () => item);
  expect(shares(0n, { type: "itemized", items: many })).toMatchObject({ ...refusal, expected: 1000n, actual: 1001n });
  const crowded = { ...item, among: Array.from({ length: 1000 }, (_, index) => index + 1) };
  const places = Array.from({ length: 101 }, () => crowded);
  expect(shares(0n, { type: "itemized", items: places })).toMatchObject({ ...refusal, actual: 101_000n });
});

/** Make a split that fits the size of a total, and turn its amounts round for a refund. */
function randomSplit(chance: Chance, total: bigint): Split {
  const members = Array.from({ length: 1 + chance.upTo(12) }, (_, index) => index * 7 + 1);
  const pieces = (whole: bigint) => {
    const cuts = members.slice(1).map(() => (chance.amount() + 10n ** 16n) % (whole + 1n));
    const ends = [0n, ...cuts.sort((a, b) => Number(a - b)), whole];
    return members.map((_, index) => (ends[index + 1] ?? 0n) - (ends[index] ?? 0n));
  };
  const size = total < 0n ? -total : total;
  const signed = (minor: bigint) => toWire(total < 0n ? -minor : minor, "EUR");
  switch (chance.pick(["equal", "exact", "percentage", "shares", "adjustment", "itemized"] as const)) {
    case "equal":
      return { type: "equal", among: members };
    case "exact": {
      const amounts = pieces(size);
      return { type: "exact", shares: members.map((member, i) => ({ member, amount: signed(amounts[i] ?? 0n) })) };
    }
    case "percentage": {
      const percents = pieces(10_000n).map((each) => writeDecimal(each, 2));
      return { type: "percentage", shares: members.map((member, i) => ({ member, percent: percents[i] ?? "" })) };
    }
    case "shares": {
      const weight = () => writeDecimal(BigInt(chance.upTo(4) * 5000 + (chance.upTo(3) ? 0 : chance.upTo(100))), 4);
      return { type: "shares", shares: [...members.map((member) => ({ member, weight: weight() })), ONE] };
    }
    case "adjustment": {
      const most = size / BigInt(2 * members.length);
      const adjustments = members.slice(1).map((member) => ({ member, amount: signed(chance.amount() % (most + 1n)) }));
      return { type: "adjustment", among: members, adjustments };
    }
    case "itemized": {
      const amounts = pieces(size);
      const extra = amounts[0] === size ? 0n : (amounts[0] ?? 0n);
      const items = (extra === 0n ? amounts : amounts.slice(1)).map((minor, index) => {
        return { name: "", amount: signed(minor), among: members.slice(index) };
      });
      return { type: "itemized", items, tip: signed(extra + 7n), discount: signed(7n) };
    }
  }
}

const ONE = { member: 1000, weight: "1" };

test("whatever the split, the shares sum to the total and a refund is the mirrored expense", () => {
  const chance = new Chance(5);
  for (let round = 0; round < 3000; round += 1) {
    const total = chance.amount();
    const split = randomSplit(chance, total);
    const preview = previewSplit(total, "EUR", split, []);
    if (!preview.ok) throw new Error(JSON.stringify({ split, refusal: preview.refusal.code, total: String(total) }));
    expect(preview.shares.reduce((sum, share) => sum + share.minor, 0n)).toBe(total);
    if (split.type !== "equal" && split.type !== "percentage" && split.type !== "shares") continue;
    const mirrored = previewSplit(-total, "EUR", split, []);
    expect(mirrored.ok && mirrored.shares).toEqual(preview.shares.map((share) => ({ ...share, minor: -share.minor })));
  }
});

test("a split made here can be sent", () => {
  const split: Split = { type: "equal" };
  const sent: components["schemas"]["ExpenseIn"]["split"] = split;
  expect(sent).toBe(split);
});
