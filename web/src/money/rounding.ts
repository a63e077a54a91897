/** How shares are rounded: the rule of the server's `core/split/rounding.py`, in the same words. */

import { sumOf } from "./refusal";

/** A share without its member; `odd` tells that it holds one of the units left over. */
export interface Cut {
  minor: bigint;
  odd: boolean;
}

/** Return an amount without its sign. */
export function size(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

/** Return the seat at which the odd units begin to go round the table; it moves with the total. */
export function tableFrom(total: bigint, count: number): number {
  return Number((total / BigInt(count)) % BigInt(count));
}

/** Divide a total >= 0 into equal shares. */
export function divideEqually(total: bigint, count: number): Cut[] {
  const floors = Array.from({ length: count }, () => total / BigInt(count));
  return handOut(floors, tableFrom(total, count), Number(total % BigInt(count)));
}

/**
 * Divide a total >= 0 in proportion to weights, not all zero.
 *
 * The largest remainders get the units left over; where they are equal, those who come first round the table.
 */
export function divideByWeight(total: bigint, weights: readonly bigint[]): Cut[] {
  const whole = sumOf(weights);
  const floors = weights.map((weight) => (total * weight) / whole);
  const remainders = weights.map((weight) => (total * weight) % whole);
  const count = weights.length;
  const start = tableFrom(total, count);
  const order = floors.map((_, seat) => (start + seat) % count);
  order.sort((a, b) => compare(remainders[b] ?? 0n, remainders[a] ?? 0n));
  const lucky = new Set(order.slice(0, Number(total - sumOf(floors))));
  return floors.map((minor, seat) => (lucky.has(seat) ? { minor: minor + 1n, odd: true } : { minor, odd: false }));
}

/** Give one unit more to each of `oddUnits` seats, from `start` on round the table. */
export function handOut(floors: readonly bigint[], start: number, oddUnits: number): Cut[] {
  const count = floors.length;
  return floors.map((minor, seat) => {
    const odd = (seat - start + count) % count < oddUnits;
    return { minor: odd ? minor + 1n : minor, odd };
  });
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Return the smallest number above zero that both divide. */
export function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [common, rest] = [a, b];
  while (rest > 0n) [common, rest] = [rest, common % rest];
  return (a / common) * b;
}
