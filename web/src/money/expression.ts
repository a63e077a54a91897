/**
 * Read what a person types where an amount is asked for: `12.5+3*2`, `(10+5)/3`, `1.234,50 €`.
 *
 * Decided here:
 * - Sums are reckoned exactly. Only a product or a quotient may have more decimals than the currency; it is rounded half
 *   away from zero, and the answer says so. Any number in a sum, or alone, with too many decimals is refused, as the
 *   server does, be they zeros.
 * - Comma and point are tried in both of their meanings, the same throughout one text. The meaning they have in the
 *   person's language goes first, the other one only counts where the first is impossible ("1,5" in English), so phones
 *   whose keys show the other sign work.
 * - Nothing is ever silently a thousand times too large or too small. Where a comma or point could stand between
 *   thousands and before three decimals alike, and both give an amount ("1,234*2", or "1,234" in dinars), it is
 *   `ambiguous` and both amounts are named. Where it stands between thousands only in some other language, the text has
 *   too many `decimals`, and the amount it may have meant is named as `other`.
 */

import { MAX_MINOR } from "./amount";
import { currencySymbol, exponent, isCurrency } from "./currency";
import { type Habits, habitsOf, type Mark, numeralOf, plainText, type Token, tokensOf } from "./typed";

/** Why a text is no amount. */
export type Misread =
  | { ok: false; error: "empty" | "incomplete" | "syntax" | "zero" | "negative" | "division_by_zero" }
  | { ok: false; error: "decimals"; allowed: number; other: bigint | null }
  | { ok: false; error: "ambiguous"; readings: readonly [bigint, bigint] }
  | { ok: false; error: "too_large"; limit: bigint }
  | { ok: false; error: "currency"; found: string };

/** What a text says, in minor units (or in the last decimal there may be), and whether it had to be rounded. */
export type Reading = { ok: true; minor: bigint; rounded: boolean } | Misread;

interface Terms {
  decimals: number;
  limit: bigint;
  signs: readonly string[];
  allowZero: boolean;
  allowNegative: boolean;
}

/** Read an amount of money; zero is refused unless allowed, a negative one (a refund) allowed unless refused. */
export function readAmount(
  text: string,
  options: { currency: string; locale: string; allowZero?: boolean; allowNegative?: boolean },
): Reading {
  const { currency, locale, allowZero = false, allowNegative = true } = options;
  const signs = signsOf(currency, locale);
  return read(text, locale, { decimals: exponent(currency), limit: MAX_MINOR, signs, allowZero, allowNegative });
}

/** Read a percentage (two decimals) or a weight (four) by the same rules; `minor` counts the last decimal. */
export function readDecimal(text: string, options: { decimals: number; locale: string; limit?: bigint }): Reading {
  const { decimals, locale, limit = MAX_MINOR } = options;
  return read(text, locale, { decimals, limit, signs: ["%", "٪"], allowZero: true, allowNegative: false });
}

const MAX_LENGTH = 200;

function read(typed: string, locale: string, terms: Terms): Reading {
  const text = plainText(typed);
  if (text === "") return { ok: false, error: "empty" };
  if (text.length > MAX_LENGTH) return { ok: false, error: "syntax" };
  const tokens = tokensOf(text, terms.signs);
  const stranger = tokens.find((token) => token.kind === "unknown")?.text;
  if (stranger !== undefined) return refuseStranger(stranger);
  const habits = habitsOf(locale);
  const first = evaluate(tokens, habits.decimal ?? ".", terms);
  const second = evaluate(tokens, habits.decimal === "," ? "." : ",", terms);
  return choose(first, second, habits);
}

function refuseStranger(text: string): Misread {
  const named = isCurrency(text.toUpperCase()) || /\p{Sc}/u.test(text);
  return named ? { ok: false, error: "currency", found: text } : { ok: false, error: "syntax" };
}

interface Outcome {
  reading: Reading;
  group: Mark | null;
}

/** Choose between the meaning comma and point have in the person's language, which comes first, and the other one. */
function choose({ reading: first, group }: Outcome, { reading: second }: Outcome, habits: Habits): Reading {
  if (!first.ok) {
    if (first.error === "syntax") return second;
    if (first.error === "decimals" && second.ok) return { ...first, other: second.minor };
    return first;
  }
  const doubtful = group !== null || habits.decimal === null;
  if (second.ok && second.minor !== first.minor && doubtful) {
    return { ok: false, error: "ambiguous", readings: [first.minor, second.minor] };
  }
  if (!second.ok && second.error === "decimals" && group !== null && !habits.groups.has(group)) {
    return { ...second, other: first.minor };
  }
  return first;
}

/** An exact number; `decimals` is the most that any number standing in a sum was typed with. */
interface Fraction {
  over: bigint;
  under: bigint;
  decimals: number;
}

class Stopped extends Error {
  readonly error: "incomplete" | "syntax" | "division_by_zero";

  constructor(error: Stopped["error"]) {
    super(error);
    this.error = error;
  }
}

function evaluate(tokens: readonly Token[], decimal: Mark, terms: Terms): Outcome {
  const parser = new Parser(tokens, decimal);
  try {
    return { reading: settle(parser.whole(), terms), group: parser.group };
  } catch (stopped) {
    if (stopped instanceof Stopped) return { reading: { ok: false, error: stopped.error }, group: null };
    throw stopped;
  }
}

/** Bring an exact number to minor units, and hold it to the terms. */
function settle({ over, under, decimals }: Fraction, terms: Terms): Reading {
  if (decimals > terms.decimals) return { ok: false, error: "decimals", allowed: terms.decimals, other: null };
  const scaled = over * 10n ** BigInt(terms.decimals);
  const size = scaled < 0n ? -scaled : scaled;
  const rounded = size % under !== 0n;
  const nearest = (2n * size + under) / (2n * under);
  const minor = scaled < 0n ? -nearest : nearest;
  if (nearest > terms.limit) return { ok: false, error: "too_large", limit: terms.limit };
  if (minor === 0n && !terms.allowZero) return { ok: false, error: "zero" };
  if (minor < 0n && !terms.allowNegative) return { ok: false, error: "negative" };
  return { ok: true, minor, rounded };
}

/** Reads a sum of products of signed numbers and brackets, from left to right. */
class Parser {
  /** The comma or point that was taken to stand between thousands. */
  group: Mark | null = null;
  readonly #tokens: readonly Token[];
  readonly #decimal: Mark;
  #next = 0;

  constructor(tokens: readonly Token[], decimal: Mark) {
    this.#tokens = tokens;
    this.#decimal = decimal;
  }

  whole(): Fraction {
    const value = this.#sum();
    if (this.#next < this.#tokens.length) throw new Stopped("syntax");
    return value;
  }

  #take(...kinds: Token["kind"][]): Token | undefined {
    const token = this.#tokens[this.#next];
    if (!token || !kinds.includes(token.kind)) return undefined;
    this.#next += 1;
    return token;
  }

  #sum(): Fraction {
    let sum = this.#product();
    for (let operator = this.#take("+", "-"); operator; operator = this.#take("+", "-")) {
      const each = this.#product();
      const over = each.over * sum.under * (operator.kind === "-" ? -1n : 1n);
      const decimals = Math.max(sum.decimals, each.decimals);
      sum = { over: sum.over * each.under + over, under: sum.under * each.under, decimals };
    }
    return sum;
  }

  #product(): Fraction {
    let product = this.#signed();
    for (let operator = this.#take("*", "/"); operator; operator = this.#take("*", "/")) {
      const { over, under } = this.#signed();
      if (operator.kind === "*") {
        product = { over: product.over * over, under: product.under * under, decimals: 0 };
        continue;
      }
      if (over === 0n) throw new Stopped("division_by_zero");
      const turned = over < 0n ? -1n : 1n;
      product = { over: product.over * under * turned, under: product.under * over * turned, decimals: 0 };
    }
    return product;
  }

  #signed(): Fraction {
    this.#take("sign");
    if (this.#take("+")) return this.#signed();
    if (!this.#take("-")) return this.#single();
    const { over, under, decimals } = this.#signed();
    return { over: -over, under, decimals };
  }

  #single(): Fraction {
    const token = this.#take("number", "(");
    if (!token) throw new Stopped(this.#next === this.#tokens.length ? "incomplete" : "syntax");
    const value = token.kind === "(" ? this.#sum() : this.#number(token.text);
    if (token.kind === "(" && !this.#take(")")) {
      throw new Stopped(this.#next === this.#tokens.length ? "incomplete" : "syntax");
    }
    this.#trailingSign();
    return value;
  }

  /** Some letters are no sign behind a number: to most people "5K" is five thousand, not five kyat; L is a lakh. */
  #trailingSign(): void {
    const token = this.#tokens[this.#next];
    if (token?.kind === "sign" && !/^[kmbtl]$/i.test(token.text)) this.#next += 1;
  }

  #number(text: string): Fraction {
    const numeral = numeralOf(text, this.#decimal);
    if (!numeral) throw new Stopped("syntax");
    this.group ??= numeral.group;
    return { over: numeral.digits, under: 10n ** BigInt(numeral.decimals), decimals: numeral.decimals };
  }
}

const known = new Map<string, readonly string[]>();

/** Give what a currency is known by, here and in English: its code and its signs, the longest first. */
function signsOf(currency: string, locale: string): readonly string[] {
  const key = `${locale} ${currency}`;
  let signs = known.get(key);
  if (!signs) {
    const found = new Set([currency]);
    for (const each of [locale, "en"]) {
      found.add(plainText(currencySymbol(currency, each)));
      found.add(plainText(currencySymbol(currency, each, "narrowSymbol")));
    }
    signs = [...found].filter((sign) => sign !== "").sort((a, b) => b.length - a.length);
    known.set(key, signs);
  }
  return signs;
}
