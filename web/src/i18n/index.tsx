/** Give the page its language: texts, numbers, dates. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import {
  type Catalogue,
  type CountKey,
  directionOf,
  fill,
  type Key,
  type Language,
  loadCatalogue,
  preferred,
  type Values,
} from "./catalogue";

export type { CountKey, Key, Language } from "./catalogue";

export interface Text {
  language: Language;
  /** The locale for numbers and dates: what the browser has of this language, with its region. */
  locale: string;
  t: (key: Key, values?: Values) => string;
  count: (key: CountKey, count: number, values?: Values) => string;
  number: (value: number) => string;
  date: (day: string, options?: Intl.DateTimeFormatOptions) => string;
  moment: (at: string) => string;
  setLanguage: (language: Language) => void;
}

const KEPT = "allsquare.language";
const Speaking = createContext<Text | null>(null);

export function chosenLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  return preferred(kept === null ? navigator.languages : [kept]);
}

/** The locale of the browser for a language, with its region; some browsers list names that are none. */
function localeOf(language: Language): string {
  const usable = (tag: string) => {
    try {
      return Intl.getCanonicalLocales(tag).length > 0;
    } catch {
      return false;
    }
  };
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language && usable(tag)) ?? language;
}

export function makeText(language: Language, catalogue: Catalogue, setLanguage: (language: Language) => void): Text {
  const locale = localeOf(language);
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const days = new Map<string, Intl.DateTimeFormat>();
  function date(day: string, options: Intl.DateTimeFormatOptions = { dateStyle: "medium" }): string {
    const name = JSON.stringify(options);
    const known = days.get(name) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    days.set(name, known);
    return known.format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
  }
  return {
    language,
    locale,
    t: (key, values) => fill(catalogue[key], values),
    count: (key, count, values) => {
      const form = plural.select(count) === "one" ? "one" : "other";
      return fill(catalogue[`${key}.${form}` as Key], { count: numbers.format(count), ...values });
    },
    number: (value) => numbers.format(value),
    date,
    moment: (at) => moments.format(new Date(at)),
    setLanguage,
  };
}

/** Show nothing of the page before its language is there; `first` is loaded already. */
export function Texts({
  first,
  children,
}: {
  first: { language: Language; catalogue: Catalogue };
  children: ReactNode;
}) {
  const [spoken, setSpoken] = useState(first);
  const text = useMemo(
    () =>
      makeText(spoken.language, spoken.catalogue, (language) => {
        localStorage.setItem(KEPT, language);
        void loadCatalogue(language).then((catalogue) => setSpoken({ language, catalogue }));
      }),
    [spoken],
  );
  useEffect(() => {
    document.documentElement.lang = spoken.language;
    document.documentElement.dir = directionOf(spoken.language);
  }, [spoken.language]);
  return <Speaking.Provider value={text}>{children}</Speaking.Provider>;
}

export function useText(): Text {
  const text = useContext(Speaking);
  if (text === null) throw new Error("There is no language here.");
  return text;
}
