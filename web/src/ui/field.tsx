import { type ComponentProps, type ReactNode, useId } from "react";

const INPUT =
  "w-full min-h-11 rounded-xl border border-edge bg-surface px-3 py-2 text-ink placeholder:text-quiet aria-invalid:border-owes";

interface Around {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Where the label is plain from what stands around it, it is only spoken. */
  labelHidden?: boolean;
}

/** A label, what it labels, a hint and what is wrong: tied together for whoever can't see that they are. */
function Frame(props: Around & { id: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={props.id} className={props.labelHidden ? "sr-only" : "text-sm font-medium"}>
        {props.label}
      </label>
      {props.children}
      {props.hint !== undefined && (
        <div id={`${props.id}-hint`} className="text-sm text-quiet">
          {props.hint}
        </div>
      )}
      {props.error !== undefined && (
        <p id={`${props.id}-error`} className="text-sm text-owes" role="alert">
          {props.error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: Around): string | undefined {
  const parts = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : undefined;
}

export function TextField({
  label,
  hint,
  error,
  labelHidden,
  className = "",
  ...rest
}: Around & ComponentProps<"input">) {
  const made = useId();
  const id = rest.id ?? made;
  const around = { label, hint, ...(error === undefined ? {} : { error }), ...(labelHidden ? { labelHidden } : {}) };
  return (
    <Frame id={id} {...around}>
      <input
        {...rest}
        id={id}
        className={`${INPUT} ${className}`}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, around)}
      />
    </Frame>
  );
}

export function TextArea({ label, hint, error, labelHidden, ...rest }: Around & ComponentProps<"textarea">) {
  const id = useId();
  const around = { label, hint, ...(error === undefined ? {} : { error }), ...(labelHidden ? { labelHidden } : {}) };
  return (
    <Frame id={id} {...around}>
      <textarea
        rows={2}
        {...rest}
        id={id}
        className={INPUT}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, around)}
      />
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  error,
  labelHidden,
  className = "",
  children,
  ...rest
}: Around & ComponentProps<"select">) {
  const id = useId();
  const around = { label, hint, ...(error === undefined ? {} : { error }), ...(labelHidden ? { labelHidden } : {}) };
  return (
    <Frame id={id} {...around}>
      <select
        {...rest}
        id={id}
        className={`${INPUT} ${className}`}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, around)}
      >
        {children}
      </select>
    </Frame>
  );
}

export function CheckField({ label, ...rest }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="checkbox" className="size-5 shrink-0 accent-(--accent)" {...rest} />
      <span className="min-w-0">{label}</span>
    </label>
  );
}
