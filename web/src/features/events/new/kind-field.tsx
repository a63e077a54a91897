import { useId } from "react";
import { type Key, useText } from "../../../i18n";
import { type Draft, KINDS } from "./draft";

/** What kind of event it is: one tap. */
export function KindField({ value, onChange }: { value: Draft["kind"]; onChange: (kind: Draft["kind"]) => void }) {
  const { t } = useText();
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{t("newevent.kind")}</legend>
      <div className="flex flex-wrap gap-2">
        {KINDS.map((kind) => (
          <label
            key={kind}
            className="relative flex min-h-11 cursor-pointer items-center rounded-xl border border-line bg-surface px-4 has-checked:border-accent has-checked:bg-tint has-checked:font-semibold has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={kind}
              checked={kind === value}
              onChange={() => onChange(kind)}
              className="sr-only"
            />
            {t(`newevent.kind.${kind}` as Key)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
