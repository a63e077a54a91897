/** The two signs that one language writes before decimals and another between thousands. */
export type Mark = "." | ",";

/** How a language writes amounts. */
export interface Habits {
  /** What stands before decimals; null where it is neither of the two, as in Arabic digits. */
  decimal: Mark | null;
  /** What stands between thousands. */
  groups: ReadonlySet<string>;
}

/** A piece of what was typed; `sign` is a sign or code of the currency. */
export type Token =
  | { kind: "number" | "sign" | "unknown"; text: string }
  | { kind: "+" | "-" | "*" | "/" | "(" | ")"; text: string };

/** A number as one of the two conventions reads it. */
export interface Numeral {
  /** All its digits. */
  digits: bigint;
  /** How many of them are decimals. */
  decimals: number;
  /** The comma or point it holds between thousands, if any. */
  group: Mark | null;
}

const ALIKE: readonly [RegExp, string][] = [
  [/[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/g, ""],
  [/[\p{Zs}\s]/gu, " "],
  [/[‘’ʼ`´′＇]/g, "'"],
  [/[،，]/g, ","],
  [/[．]/g, "."],
  [/[−–﹣－]/g, "-"],
  [/[＋]/g, "+"],
  [/[×∗＊]/g, "*"],
  [/[÷∕／]/g, "/"],
  [/[（]/g, "("],
  [/[）]/g, ")"],
];

/** Write what was typed with ASCII digits and one sign for each meaning; what only looks like a digit (² ½) stays. */
export function plainText(typed: string): string {
  let text = typed;
  for (const [pattern, plain] of ALIKE) text = text.replace(pattern, plain);
  return text.replace(/\p{Nd}/gu, digitValue).trim();
}

/** Unicode keeps the decimal digits of each script in tens, from zero on, so those standing before one tell its value. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

const habits = new Map<string, Habits>();

/** Return how a language writes amounts. */
export function habitsOf(locale: string): Habits {
  const found = habits.get(locale) ?? findHabits(locale);
  habits.set(locale, found);
  return found;
}

function findHabits(locale: string): Habits {
  const groups = new Set<string>();
  let decimal: Mark | null = null;
  for (const options of [{}, { style: "currency", currency: "EUR" }] as const) {
    for (const part of new Intl.NumberFormat(locale, options).formatToParts(1_234_567.5)) {
      const text = plainText(part.value);
      if (part.type === "group") groups.add(text);
      // The format of money comes last, and it is the one that counts: in fr-CH they differ.
      if (part.type === "decimal") decimal = text === "." || text === "," ? text : null;
    }
  }
  return { decimal, groups };
}

const NUMBER = /[\d.,'٫٬]+(?: \d[\d.,'٫٬]*)*/y;
const OPERATOR = /[-+*/()]/y;
const WORD = /\p{L}+|./suy;

/**
 * Cut what was typed into pieces.
 *
 * Shape: `text` comes from `plainText`, `signs` are what the currency is known by. A sign stays a piece of its own, so
 * that "1€50" never becomes 150.
 */
export function tokensOf(text: string, signs: readonly string[]): Token[] {
  const tokens: Token[] = [];
  const at = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0];
  };
  for (let from = 0; from < text.length; ) {
    const rest = text.slice(from).toLowerCase();
    const sign = signs.find((each) => rest.startsWith(each.toLowerCase()));
    const number = at(NUMBER, from);
    const operator = at(OPERATOR, from);
    const token: Token = sign
      ? { kind: "sign", text: text.slice(from, from + sign.length) }
      : number
        ? { kind: "number", text: number }
        : operator
          ? { kind: operator as "+", text: operator }
          : otherToken(at(WORD, from) ?? "");
    if (token.text !== " ") tokens.push(token);
    from += token.text.length;
  }
  return tokens;
}

function otherToken(text: string): Token {
  return { kind: /^x$/i.test(text) ? "*" : "unknown", text };
}

/** Read a number with this sign before decimals, the other one between thousands; null where that is impossible. */
export function numeralOf(text: string, decimal: Mark): Numeral | null {
  const group = decimal === "." ? "," : ".";
  const [whole = "", fraction = "", more] = text.split(decimal === "." ? /[.٫]/ : /[,٫]/);
  if (more !== undefined || !/^\d*$/.test(fraction)) return null;
  const separators = new Set(whole.replace(/\d/g, ""));
  const [separator] = separators;
  if (separator === undefined) {
    if (whole + fraction === "") return null;
  } else if (separators.size > 1 || !isGrouped(whole.split(separator))) return null;
  const digits = BigInt(whole.replace(/\D/g, "") + fraction);
  return { digits, decimals: fraction.length, group: separator === group ? group : null };
}

/** Accept thousands as most write them (1 234 567) and as India does (12 34 567). */
function isGrouped(pieces: readonly string[]): boolean {
  return /^(?:[1-9]\d{0,2}(?: \d{3})+|[1-9]\d?(?: \d{2})* \d{3})$/.test(pieces.join(" "));
}
