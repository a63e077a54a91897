import { useId, useState } from "react";
import { useText } from "../../../i18n";

/** A password, hidden until one wants to see what one types. */
export function PasswordField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  use: "current-password" | "new-password";
  hint?: string;
  error?: string | undefined;
}) {
  const { t } = useText();
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {props.label}
      </label>
      <div className="flex rounded-xl border border-edge bg-surface outline-offset-2 outline-accent has-aria-invalid:border-owes has-[input:focus-visible]:outline-2">
        <input
          id={id}
          type={shown ? "text" : "password"}
          autoComplete={props.use}
          autoCapitalize="none"
          spellCheck={false}
          required
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
          aria-invalid={props.error !== undefined || undefined}
          aria-describedby={described || undefined}
          className="min-h-11 w-full min-w-0 grow rounded-s-xl bg-transparent px-3 py-2 text-ink outline-none"
        />
        <button
          type="button"
          aria-label={t(shown ? "identity.password.hide" : "identity.password.show")}
          onClick={() => setShown(!shown)}
          className="min-h-11 min-w-11 shrink-0 rounded-e-xl px-3 text-sm font-medium text-accent hover:bg-sunken"
        >
          {t(shown ? "identity.password.hide.short" : "identity.password.show.short")}
        </button>
      </div>
      {props.hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-quiet">
          {props.hint}
        </p>
      )}
      {props.error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm text-owes">
          {props.error}
        </p>
      )}
    </div>
  );
}
