import { type FormEvent, useRef, useState } from "react";
import { addMember, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { addNames } from "../names";
import { refusalOfNames } from "../people-field";
import { said } from "../said";

/** Add people by name, one after the other or a list at once; what can't be added stays to be mended. */
export function AddForm({ eventId, names }: { eventId: string; names: readonly string[] }) {
  const text = useText();
  const { t, count } = text;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string>();
  const [done, setDone] = useState("");
  const [pending, setPending] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const add = useWrite((name: string, key) => addMember(eventId, name, key));

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    if (typed.trim() === "") return setError(t("say.required"));
    const { people, left, why } = addNames([], names, typed);
    setPending(true);
    setError(refusalOfNames({ people, left, why }, text));
    const waiting = [...people];
    try {
      for (const name of people) {
        await add.mutateAsync(name);
        waiting.shift();
      }
    } catch (failure) {
      setError(said(failure, text));
    }
    const added = people.length - waiting.length;
    setDone(added === 0 ? "" : count("members.added", added, { names: people.slice(0, added).join(", ") }));
    setTyped([...waiting, ...left].join(", "));
    setPending(false);
    input.current?.focus();
  }

  return (
    <form noValidate onSubmit={submit} className="grid gap-1" aria-busy={pending}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <TextField
            ref={input}
            label={t("members.add")}
            placeholder={t("members.add")}
            labelHidden
            value={typed}
            autoComplete="off"
            autoCapitalize="words"
            readOnly={pending}
            onChange={(event) => {
              setTyped(event.target.value);
              setError(undefined);
            }}
            onPaste={(event) => {
              // On one line a pasted list would become one name.
              const pasted = event.clipboardData.getData("text").trim();
              if (!/[\n\r\t]/.test(pasted)) return;
              event.preventDefault();
              setTyped([typed, ...pasted.split(/[\n\r\t]+/)].filter((each) => each.trim() !== "").join(", "));
            }}
            error={error}
          />
        </div>
        <Button type="submit" className="shrink-0" disabled={pending}>
          {t("do.add")}
        </Button>
      </div>
      <p className="text-sm text-quiet" aria-live="polite">
        {done}
      </p>
    </form>
  );
}
