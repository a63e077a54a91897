/** Chance that is the same in every run, for tests that try many amounts. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Return a whole number from 0 to `below` - 1. Source: mulberry32. */
  upTo(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** Return an amount of either sign with 1 to 15 digits, so that small and large ones are equally likely. */
  amount(): bigint {
    const digits = Array.from({ length: 1 + this.upTo(15) }, () => this.upTo(10)).join("");
    return BigInt(digits) * (this.upTo(2) ? 1n : -1n);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.upTo(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }
}

/** Languages with every habit of writing numbers that we know of. */
export const LOCALES = [
  "en",
  "en-IN",
  "de",
  "de-AT",
  "de-CH",
  "es",
  "es-MX",
  "hi",
  "ar",
  "ar-EG",
  "fa",
  "fr",
  "fr-CH",
  "fr-CA",
  "it-CH",
  "mr",
  "ne",
  "bn",
  "pl",
  "pt-BR",
  "pt-PT",
  "sv",
  "my",
  "ja",
  "zh",
  "he",
  "bg",
  "sl",
  "gsw",
  "ur",
  "ta",
  "dz",
];
