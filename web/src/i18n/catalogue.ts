/** Define the one catalogue of texts: English is its source, and every other language must have the same keys. */
import type { catalogue as source } from "./en";

export type Key = keyof typeof source;
export type Catalogue = Record<Key, string>;
/** What another language has for one part of the catalogue: a missing or an extra key does not compile. */
export type Texts<Source> = { [Name in keyof Source]: string };

/** Keys of texts with a number come in two: `….one` and `….other`, as `Intl.PluralRules` chooses. */
export type CountKey = Key extends infer Name ? (Name extends `${infer Stem}.other` ? Stem : never) : never;

export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", hi: "हिन्दी" } as const;
export type Language = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/** Choose the language of ours that somebody likes most. */
export function preferred(liked: readonly string[]): Language {
  for (const tag of liked) {
    const found = tag.toLowerCase().split("-")[0];
    if (found !== undefined && found in LANGUAGES) return found as Language;
  }
  return "en";
}

const LOADERS: Record<Language, () => Promise<Catalogue>> = {
  en: async () => (await import("./en")).catalogue,
  de: async () => (await import("./de")).catalogue,
  es: async () => (await import("./es")).catalogue,
  hi: async () => (await import("./hi")).catalogue,
};

export function loadCatalogue(language: Language): Promise<Catalogue> {
  return LOADERS[language]();
}

export type Values = Record<string, string | number>;

/** Put the values into a text where it names them in braces. */
export function fill(text: string, values: Values | undefined): string {
  return values === undefined ? text : text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
