import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { useText } from "../i18n";
import { CURRENCIES, type Currency, currencyName, currencySymbol, isCurrency } from "../money/currency";
import { TextField } from "./field";
import { OpenIcon } from "./icons";

interface Choice {
  code: Currency;
  name: string;
  /** What is looked through when somebody types. */
  text: string;
}

/** Choose a currency by typing part of its code, name or sign. */
export function CurrencyPicker(props: {
  label: string;
  value: Currency;
  onChange: (value: Currency) => void;
  /** These come first: those that are most likely meant. */
  likely?: readonly Currency[];
  /** Beside an amount there is room for the code alone. */
  brief?: boolean;
  error?: string | undefined;
}) {
  const { t, locale } = useText();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const choices = useMemo(() => choicesIn(locale, props.likely ?? []), [locale, props.likely]);
  const found = useMemo(() => matching(choices, typed ?? ""), [choices, typed]);
  const open = typed !== null;
  const shown = props.brief ? props.value : `${props.value} · ${currencyName(props.value, locale)}`;

  function begin(text = "") {
    setTyped(text);
    setAt(0);
  }

  function choose(code: Currency) {
    props.onChange(code);
    setTyped(null);
  }

  function move(to: number) {
    if (!open) return begin();
    setAt(to);
    list.current?.children[to]?.scrollIntoView({ block: "nearest" });
  }

  /** Do what a key asks for; false where it asks for nothing here. */
  function press(key: string): boolean {
    const picked = found[at];
    if (key === "ArrowDown") move(Math.min(at + 1, found.length - 1));
    else if (key === "ArrowUp") move(Math.max(at - 1, 0));
    else if (!open) return false;
    else if (key === "Escape") setTyped(null);
    else if (key !== "Enter") return false;
    else if (picked !== undefined) choose(picked.code);
    return true;
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!event.nativeEvent.isComposing && press(event.key)) event.preventDefault();
  }

  /** Who leaves the field meant what they typed, where that is one currency, and else nothing. */
  function leave() {
    const exact = found.find((each) => each.code === typed?.trim().toUpperCase());
    const only = found.length === 1 && typed !== "" ? found[0] : undefined;
    const meant = exact ?? only;
    if (open && meant !== undefined) choose(meant.code);
    else setTyped(null);
  }

  return (
    <div className="relative">
      <TextField
        label={props.label}
        error={props.error}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[at] !== undefined ? `${id}-${found[at].code}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={typed ?? shown}
        placeholder={shown}
        onChange={(event) => begin(open ? event.target.value : typedInto(shown, event.target.value))}
        onClick={() => open || begin()}
        onBlur={leave}
        onKeyDown={onKeyDown}
        className="pe-9"
      />
      <span className="pointer-events-none absolute end-2 top-6 grid h-11 place-items-center text-quiet">
        <OpenIcon />
      </span>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={props.label}
        hidden={!open || found.length === 0}
        className={`${props.brief ? "end-0 w-72" : "inset-x-0"} absolute z-10 mt-1 max-h-64 overflow-y-auto rounded-xl border border-line bg-surface py-1 shadow-lg`}
      >
        {open &&
          found.map((choice, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and hears the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus
            <div
              key={choice.code}
              id={`${id}-${choice.code}`}
              role="option"
              aria-selected={index === at}
              className="flex min-h-11 cursor-pointer items-center gap-3 px-3 aria-selected:bg-tint"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(choice.code)}
            >
              <span className="w-11 shrink-0 font-semibold">{choice.code}</span>
              <span>{choice.name}</span>
            </div>
          ))}
      </div>
      <p aria-live="polite" className="text-sm text-owes">
        {open && found.length === 0 && t("newevent.currency.unknown", { typed })}
      </p>
    </div>
  );
}

/** What an amount is in, beside it: hardly ever another currency than the one it has anyway. */
export function CurrencyBeside(props: { value: Currency; own: string; onChange: (value: Currency) => void }) {
  const { t } = useText();
  const likely = useMemo(() => [props.own].filter(isCurrency), [props.own]);
  return (
    <div className="w-24 shrink-0">
      <CurrencyPicker brief label={t("currency.label")} value={props.value} likely={likely} onChange={props.onChange} />
    </div>
  );
}

function choicesIn(locale: string, likely: readonly Currency[]): Choice[] {
  const order = new Intl.Collator(locale);
  const choices = CURRENCIES.map((code) => {
    const name = currencyName(code, locale);
    return { code, name, text: folded(`${code} ${name} ${currencySymbol(code, locale, "narrowSymbol")}`) };
  }).sort((one, other) => order.compare(one.name, other.name));
  const first = [...new Set(likely)].flatMap((code) => choices.find((each) => each.code === code) ?? []);
  return [...first, ...choices.filter((each) => !first.includes(each))];
}

/** Those that begin with what was typed come before those that hold it somewhere. */
function matching(choices: readonly Choice[], typed: string): Choice[] {
  const wanted = folded(typed.trim());
  if (wanted === "") return [...choices];
  const holding = choices.filter((each) => each.text.includes(wanted));
  const begins = (choice: Choice) => choice.text.startsWith(wanted) || folded(choice.name).startsWith(wanted);
  return [...holding.filter(begins), ...holding.filter((each) => !begins(each))];
}

/** Before anybody types, the field shows what is chosen: only what is added to it, or put in its place, was typed. */
function typedInto(shown: string, next: string): string {
  if (next.startsWith(shown)) return next.slice(shown.length);
  return next.length > 1 && shown.startsWith(next) ? "" : next;
}

function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}
