import { useId } from "react";
import { useText } from "../../i18n";
import type { Misread } from "../../money/expression";
import type { Refusal } from "../../money/refusal";
import { problemText } from "./problem-text";

/** A short field for a number beside a name. */
export function TypedField(props: {
  label: string;
  unit: string;
  value: string;
  problem: Misread | Refusal | undefined;
  currency: string;
  onValue: (value: string) => void;
}) {
  const text = useText();
  const id = useId();
  const error = problemText(props.problem, props.currency, text, String);
  return (
    <span className="flex flex-col items-end">
      <span className="flex items-center gap-1">
        <input
          aria-label={props.label}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={error === undefined ? undefined : id}
          className="money min-h-11 w-24 rounded-xl border border-edge bg-surface px-2 text-end aria-invalid:border-owes"
          inputMode="decimal"
          autoComplete="off"
          value={props.value}
          onChange={(event) => props.onValue(event.target.value)}
        />
        <span aria-hidden="true" className="w-8 text-sm text-quiet">
          {props.unit}
        </span>
      </span>
      {error !== undefined && (
        <span id={id} className="text-sm text-owes">
          {error}
        </span>
      )}
    </span>
  );
}
