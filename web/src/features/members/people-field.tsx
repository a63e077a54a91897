import { useId, useRef, useState } from "react";
import { type Text, useText } from "../../i18n";
import { CloseIcon } from "../../ui/icons";
import { type Added, addNames, holdsSeveral } from "./names";

interface Props {
  label: string;
  hint: string;
  people: readonly string[];
  /** Who is there besides: their names are taken. */
  others: readonly string[];
  onChange: (people: string[]) => void;
  /** What is typed and not added yet: kept outside, so that nothing of it is lost. */
  typed: string;
  onTyped: (typed: string) => void;
  error?: string | undefined;
}

/** Name people in a row: Enter or a comma adds one, a pasted list adds all of it. */
export function PeopleField(props: Props) {
  const text = useText();
  const { t, count } = text;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<string>();
  const error = refused ?? props.error;

  function take(names: string) {
    const added = addNames(props.people, props.others, names);
    props.onChange(added.people);
    props.onTyped(added.left.join(", "));
    setRefused(refusalOfNames(added, text));
  }

  function remove(index: number) {
    props.onChange(props.people.filter((_, at) => at !== index));
    setRefused(undefined);
    input.current?.focus();
  }

  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {props.label}
      </label>
      <div className="flex flex-wrap items-center gap-1.5 rounded-xl border border-edge bg-surface p-1.5 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent has-[input[aria-invalid]]:border-owes">
        {props.people.length > 0 && (
          <ul aria-label={props.label} className="contents">
            {props.people.map((name, index) => (
              <li key={name} className="flex max-w-full items-center rounded-lg bg-tint ps-3">
                <span className="min-w-0">{name}</span>
                <button
                  type="button"
                  onClick={() => remove(index)}
                  aria-label={t("newevent.people.remove", { name })}
                  className="grid size-11 shrink-0 place-items-center rounded-lg hover:bg-sunken"
                >
                  <CloseIcon />
                </button>
              </li>
            ))}
          </ul>
        )}
        <input
          ref={input}
          id={id}
          value={props.typed}
          enterKeyHint="enter"
          autoComplete="off"
          autoCapitalize="words"
          aria-invalid={error !== undefined || undefined}
          aria-describedby={`${id}-hint${error === undefined ? "" : ` ${id}-error`}`}
          className="min-h-11 min-w-32 grow basis-32 bg-transparent px-2 text-ink outline-none placeholder:text-quiet"
          onChange={(event) => {
            const typed = event.target.value;
            // What was refused stays there to be mended: only a comma that is typed anew adds it again.
            if (holdsSeveral(typed) && !holdsSeveral(props.typed)) return take(typed);
            props.onTyped(typed);
            setRefused(undefined);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text");
            if (!holdsSeveral(pasted)) return;
            // The browser would put a pasted list on one line, and then nobody could tell where a name ends.
            event.preventDefault();
            take(`${props.typed},${pasted}`);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Enter" && props.typed.trim() !== "") {
              event.preventDefault();
              take(props.typed);
            } else if (event.key === "Backspace" && props.typed === "" && props.people.length > 0) {
              remove(props.people.length - 1);
            }
          }}
        />
      </div>
      <div id={`${id}-hint`} className="text-sm text-quiet">
        {props.hint}
      </div>
      <p className="sr-only" aria-live="polite">
        {count("newevent.people.count", props.people.length)}
      </p>
      {error !== undefined && (
        <p id={`${id}-error`} className="text-sm text-owes" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** Say why names could not be added. */
export function refusalOfNames({ left, why }: Added, { t }: Text): string | undefined {
  if (why === undefined) return undefined;
  if (why === "long") return t("members.refused.too_long");
  return why === "full" ? t("members.refused.too_many") : t("newevent.people.twice", { names: left.join(", ") });
}
