import { MAX_MINOR } from "./amount";
import { exponent } from "./currency";
import { parseDecimal } from "./decimal";

/** What the numbers of a refusal count: minor units, hundredths of a percent, ten-thousandths of a weight, things. */
export type Unit = "money" | "percent" | "weight" | "count";

/** Why a split or its payers cannot be: the server's own code and field, with both numbers where there are two. */
export interface Refusal {
  code:
    | "money.not_a_number"
    | "money.too_many_decimals"
    | "money.out_of_bounds"
    | "split.decimal_invalid"
    | "split.sum_mismatch"
    | "split.percent_mismatch"
    | "split.items_mismatch"
    | "split.nobody"
    | "split.no_items"
    | "split.duplicate_member"
    | "split.too_many_participants"
    | "split.negative_share"
    | "split.negative_weight"
    | "split.weights_all_zero"
    | "split.adjustment_stranger"
    | "split.wrong_sign"
    | "split.too_large"
    | "payers.nobody"
    | "payers.duplicate_member"
    | "payers.wrong_sign"
    | "payers.sum_mismatch";
  /** Where in the request: "split.shares.2.percent". */
  field: string;
  /** Whom it is about. */
  member?: number;
  unit?: Unit;
  expected?: bigint;
  actual?: bigint;
}

/** Carries a refusal out of the depth of a check. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** Run a check; give what it returned, or the refusal it ended with. */
export function attempt<Result>(check: () => Result): { ok: true; result: Result } | { ok: false; refusal: Refusal } {
  try {
    return { ok: true, result: check() };
  } catch (refused) {
    if (refused instanceof Refused) return { ok: false, refusal: refused.refusal };
    throw refused;
  }
}

/** Read an amount of a request. */
export function readMoney(text: string, currency: string, field: string): bigint {
  const minor = parseDecimal(text, exponent(currency));
  if (typeof minor === "string") throw new Refused({ code: `money.${minor}`, field });
  requireBounds(minor, field);
  return minor;
}

/** Refuse an amount beyond what the ledger takes. */
export function requireBounds(minor: bigint, field: string): void {
  if (minor >= -MAX_MINOR && minor <= MAX_MINOR) return;
  throw new Refused({ code: "money.out_of_bounds", field, unit: "money", expected: MAX_MINOR, actual: minor });
}

/** Add up. */
export function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, each) => sum + each, 0n);
}
