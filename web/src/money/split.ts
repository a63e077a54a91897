/**
 * Share a total among members just as the server will: six rules, rounded so that the shares sum to the total.
 *
 * This is the one rule of the ledger that stands here a second time, so that a form shows each share while it is typed,
 * offline too. `docs/algorithms/splitting.md` works the numbers; tests/vectors/splits.json holds both to the same.
 */

import type { components } from "../api/schema";
import { parseDecimal } from "./decimal";
import { attempt, type Refusal, Refused, readMoney, requireBounds, sumOf, type Unit } from "./refusal";
import { type Cut, divideByWeight, divideEqually, handOut, leastCommonMultiple, size, tableFrom } from "./rounding";

/** A split as it travels; its decimals are strings. */
export type Split = components["schemas"]["ExpenseOut"]["split"];
export type SplitOf<Type extends Split["type"]> = Extract<Split, { type: Type }>;

/** What a split must know of a member of the event. */
export type SplitMember = Pick<components["schemas"]["MemberOut"], "member" | "active" | "weight">;

/** What a member consumes; `odd` tells that it holds one of the minor units that were left over. */
export interface Share {
  member: number;
  minor: bigint;
  odd: boolean;
}

export type SplitPreview = { ok: true; shares: readonly Share[] } | { ok: false; refusal: Refusal };

const MAX_PARTICIPANTS = 1_000;
const MAX_ITEMS = 1_000;
const MAX_ITEM_PLACES = 100_000;
const MAX_WEIGHT = 10n ** 10n;
const WHOLE_PERCENT = 10_000n;

/**
 * Return what each participant consumes of a total, in listed order, or why the split cannot be.
 *
 * `split` undefined is an expense that names none; `members` are those of the event in the order of their numbers.
 */
export function previewSplit(
  total: bigint,
  currency: string,
  split: Split | undefined,
  members: readonly SplitMember[],
): SplitPreview {
  const tried = attempt(() => {
    requireBounds(total, "amount");
    const bill = { total, currency, active: members.filter((one) => one.active).map((one) => one.member) };
    return divide(bill, split ?? defaultSplit(members));
  });
  return tried.ok ? { ok: true, shares: tried.result } : tried;
}

/** Return the rule of an expense that names none: by the weights of the active members, equally if those are alike. */
export function defaultSplit(members: readonly SplitMember[]): SplitOf<"equal"> | SplitOf<"shares"> {
  const active = members.filter((one) => one.active);
  const weights = active.map((one) => readScaled(one.weight, 4, "weight"));
  if (new Set(weights).size <= 1 && weights[0] !== 0n) return { type: "equal", among: [] };
  const weighing = active.filter((_, index) => weights[index] !== 0n);
  return { type: "shares", shares: weighing.map(({ member, weight }) => ({ member, weight })) };
}

interface Bill {
  total: bigint;
  currency: string;
  /** Who takes part where the split names nobody. */
  active: readonly number[];
}

function divide(bill: Bill, split: Split): Share[] {
  switch (split.type) {
    case "equal": {
      const members = among(split.among, bill);
      requireMembers(members, "split.among");
      return shared(bill, members, divideEqually(size(bill.total), members.length));
    }
    case "exact":
      return divideExactly(bill, split);
    case "percentage":
      return divideByPercent(bill, split);
    case "shares":
      return divideByShares(bill, split);
    case "adjustment":
      return divideAdjusted(bill, split);
    case "itemized":
      return divideItems(bill, split);
  }
}

/** Give each one their cut with the sign of the total: a refund is the mirrored expense. */
function shared({ total }: Bill, members: readonly number[], cuts: readonly Cut[]): Share[] {
  return cuts.map(({ minor, odd }, index) => ({
    member: members[index] ?? 0,
    minor: total < 0n ? -minor : minor,
    odd,
  }));
}

function divideExactly({ total, currency }: Bill, { shares }: SplitOf<"exact">): Share[] {
  const amounts = shares.map((part, index) => readMoney(part.amount, currency, `split.shares.${index}.amount`));
  requireMembers(
    shares.map((part) => part.member),
    "split.shares",
  );
  requireDirection(amounts, total, "split.shares");
  requireSum("split.sum_mismatch", "split.shares", total, sumOf(amounts));
  return shares.map(({ member }, index) => ({ member, minor: amounts[index] ?? 0n, odd: false }));
}

function divideByPercent(bill: Bill, { shares }: SplitOf<"percentage">): Share[] {
  const percents = shares.map((part, index) => readScaled(part.percent, 2, `split.shares.${index}.percent`));
  const members = shares.map((part) => part.member);
  requireMembers(members, "split.shares");
  requireWeights(members, percents, "percent");
  requireSum("split.percent_mismatch", "split.shares", WHOLE_PERCENT, sumOf(percents), "percent");
  return shared(bill, members, divideByWeight(size(bill.total), percents));
}

function divideByShares(bill: Bill, { shares }: SplitOf<"shares">): Share[] {
  const weights = shares.map((part, index) => readScaled(part.weight, 4, `split.shares.${index}.weight`));
  const members = shares.map((part) => part.member);
  requireMembers(members, "split.shares");
  requireWeights(members, weights, "weight");
  if (sumOf(weights) === 0n) {
    refuse({ code: "split.weights_all_zero", field: "split.shares", unit: "weight", expected: 0n, actual: 0n });
  }
  return shared(bill, members, divideByWeight(size(bill.total), weights));
}

function divideAdjusted(bill: Bill, split: SplitOf<"adjustment">): Share[] {
  const { total, currency } = bill;
  const direction = total < 0n ? -1n : 1n;
  const adjusted = (split.adjustments ?? []).map(({ member, amount }, index) => {
    const minor = readMoney(amount, currency, `split.adjustments.${index}.amount`);
    return { member, minor: minor * direction };
  });
  const members = among(split.among, bill);
  requireMembers(members, "split.among");
  requireDistinct(
    adjusted.map((part) => part.member),
    "split.adjustments",
  );
  const strangers = adjusted.map((part) => part.member).filter((member) => !members.includes(member));
  if (strangers.length > 0) {
    refuse({ code: "split.adjustment_stranger", field: "split.adjustments", member: Math.min(...strangers) });
  }
  const extra = new Map(adjusted.map((part) => [part.member, part.minor]));
  const count = BigInt(members.length);
  const rest = size(total) - sumOf(adjusted.map((part) => part.minor));
  const oddUnits = ((rest % count) + count) % count;
  const floor = (rest - oddUnits) / count;
  const floors = members.map((member) => floor + (extra.get(member) ?? 0n));
  for (const [index, minor] of floors.entries()) {
    if (minor >= 0n) continue;
    const numbers = { unit: "money", expected: 0n, actual: minor * direction } as const;
    refuse({ code: "split.negative_share", field: "split.adjustments", member: members[index] ?? 0, ...numbers });
  }
  return shared(bill, members, handOut(floors, tableFrom(size(total), members.length), Number(oddUnits)));
}

/** Tax, tip and discount follow what each one's items cost, so the exact share is `cost × total / all items`. */
function divideItems(bill: Bill, split: SplitOf<"itemized">): Share[] {
  const items = readItems(bill, split);
  const members = [...new Set(items.flatMap((item) => item.among))];
  requireCrowd(members.length, "split.items");
  // Costs are counted in a unit in which every item divides evenly, so that rounding happens once.
  const unit = [...new Set(items.map((item) => BigInt(item.among.length)))].reduce(leastCommonMultiple, 1n);
  const costs = new Map(members.map((member) => [member, 0n]));
  for (const { minor, among } of items) {
    const cost = size(minor) * (unit / BigInt(among.length));
    for (const member of among) costs.set(member, (costs.get(member) ?? 0n) + cost);
  }
  const weights = bill.total === 0n ? members.map(() => 1n) : [...costs.values()];
  return shared(bill, members, divideByWeight(size(bill.total), weights));
}

function readItems({ total, currency }: Bill, split: SplitOf<"itemized">): { minor: bigint; among: number[] }[] {
  const items = split.items.map(({ amount, among }, index) => {
    return { minor: readMoney(amount, currency, `split.items.${index}.amount`), among };
  });
  const extras = (["tax", "tip", "discount"] as const).map((name) => {
    return { field: `split.${name}`, minor: readMoney(split[name] ?? "0", currency, `split.${name}`) };
  });
  const field = "split.items";
  if (items.length === 0) refuse({ code: "split.no_items", field, unit: "count", expected: 1n, actual: 0n });
  requireAtMost(items.length, MAX_ITEMS);
  requireAtMost(
    items.reduce((places, item) => places + item.among.length, 0),
    MAX_ITEM_PLACES,
  );
  for (const [index, { minor, among }] of items.entries()) {
    requireMembers(among, `${field}.${index}.among`);
    requireDirection([minor], total, `${field}.${index}.amount`);
  }
  for (const extra of extras) requireDirection([extra.minor], total, extra.field);
  const [tax = 0n, tip = 0n, discount = 0n] = extras.map((extra) => extra.minor);
  const costs = sumOf(items.map((item) => item.minor));
  requireSum("split.items_mismatch", field, total, costs + tax + tip - discount);
  if (costs === 0n && total !== 0n) {
    refuse({ code: "split.no_items", field, unit: "money", expected: 0n, actual: 0n });
  }
  return items;
}

// --- checks

function refuse(refusal: Refusal): never {
  throw new Refused(refusal);
}

/** Read a percentage or a weight, of at most twelve digits before the point. */
function readScaled(text: string, decimals: number, field: string): bigint {
  const value = /^-?\d{1,12}(?!\d)/.test(text) ? parseDecimal(text, decimals) : "not_a_number";
  if (typeof value === "string") return refuse({ code: "split.decimal_invalid", field });
  return value;
}

function among(listed: readonly number[] | undefined, { active }: Bill): readonly number[] {
  return listed?.length ? listed : active;
}

function requireMembers(members: readonly number[], field: string): void {
  if (members.length === 0) refuse({ code: "split.nobody", field, unit: "count", expected: 1n, actual: 0n });
  requireCrowd(members.length, field);
  requireDistinct(members, field);
}

function requireCrowd(count: number, field: string): void {
  if (count <= MAX_PARTICIPANTS) return;
  const numbers = { unit: "count", expected: BigInt(MAX_PARTICIPANTS), actual: BigInt(count) } as const;
  refuse({ code: "split.too_many_participants", field, ...numbers });
}

function requireDistinct(members: readonly number[], field: string): void {
  const seen = new Set<number>();
  for (const member of members) {
    if (seen.has(member)) refuse({ code: "split.duplicate_member", field, member });
    seen.add(member);
  }
}

function requireAtMost(count: number, most: number): void {
  if (count <= most) return;
  refuse({
    code: "split.too_large",
    field: "split.items",
    unit: "count",
    expected: BigInt(most),
    actual: BigInt(count),
  });
}

/** Refuse an amount that points the other way than the total; the one farthest off is named. */
function requireDirection(amounts: readonly bigint[], total: bigint, field: string): void {
  const direction = total < 0n ? -1n : 1n;
  let worst = 0n;
  for (const amount of amounts) if (amount * direction < worst) worst = amount * direction;
  if (worst === 0n) return;
  refuse({ code: "split.wrong_sign", field, unit: "money", expected: 0n, actual: worst * direction });
}

function requireSum(
  code: Refusal["code"],
  field: string,
  expected: bigint,
  actual: bigint,
  unit: Unit = "money",
): void {
  if (actual !== expected) refuse({ code, field, unit, expected, actual });
}

function requireWeights(members: readonly number[], weights: readonly bigint[], unit: Unit): void {
  for (const [index, actual] of weights.entries()) {
    const about = { field: "split.shares", member: members[index] ?? 0, unit, actual };
    if (actual < 0n) refuse({ code: "split.negative_weight", ...about, expected: 0n });
    if (actual > MAX_WEIGHT) refuse({ code: "split.too_large", ...about, expected: MAX_WEIGHT });
  }
}
