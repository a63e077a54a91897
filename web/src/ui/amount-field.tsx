import { type ComponentProps, type ReactNode, useRef } from "react";
import { useText } from "../i18n";
import { formatAmount, inputText, toWire } from "../money/amount";
import type { Currency } from "../money/currency";
import type { Reading } from "../money/expression";
import { Button } from "./button";
import { TextField } from "./field";
import { misreadText } from "./misread";

type Passed = Omit<ComponentProps<"input">, "value" | "onChange" | "size">;

const SIGNS = ["+", "−", "×", "÷", "(", ")"] as const;

/** A field for money that can reckon; it says what it understood, and asks where a text has two meanings. */
export function AmountField(
  props: Passed & {
    label: string;
    labelHidden?: boolean;
    value: string;
    currency: Currency;
    reading: Reading;
    /** Whether what is missing is said too, as it is once somebody tried to save. */
    strict?: boolean;
    hint?: ReactNode;
    keys?: boolean;
    /** What stands beside it, as its currency does. */
    aside?: ReactNode;
    onValue: (value: string) => void;
  },
) {
  const {
    label,
    labelHidden,
    value,
    currency,
    reading,
    strict = false,
    hint,
    keys = false,
    aside,
    onValue,
    ...rest
  } = props;
  const text = useText();
  const field = useRef<HTMLInputElement>(null);
  const error = strict || value.trim() !== "" ? misreadText(reading, currency, text, strict) : undefined;
  const reckons = reading.ok && (reading.rounded || /[-+*/×÷(−]/.test(value.replace(/^[-−]/, "")));
  const result = reckons ? `= ${formatAmount(reading.minor, currency, text.locale)}` : hint;
  function press(sign: string) {
    const input = field.current;
    if (input === null) return;
    const [from, to] = [input.selectionStart ?? value.length, input.selectionEnd ?? value.length];
    onValue(value.slice(0, from) + sign + value.slice(to));
    input.focus();
    requestAnimationFrame(() => input.setSelectionRange(from + 1, from + 1));
  }
  return (
    <div className="grid gap-1">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <TextField
            {...rest}
            ref={field}
            label={label}
            {...(labelHidden ? { labelHidden } : {})}
            inputMode="decimal"
            autoComplete="off"
            enterKeyHint="next"
            value={value}
            onChange={(event) => onValue(event.target.value)}
            hint={result}
            error={error}
            className={`money ${rest.className ?? ""}`}
          />
        </div>
        {aside}
      </div>
      {!reading.ok && reading.error === "ambiguous" && (
        <div className="flex flex-wrap gap-2">
          {reading.readings.map((minor) => (
            <Button key={String(minor)} onClick={() => onValue(inputText(toWire(minor, currency), text.locale))}>
              {formatAmount(minor, currency, text.locale)}
            </Button>
          ))}
        </div>
      )}
      {/* The number keys of phones have no signs to reckon with. */}
      {keys && (
        <fieldset className="hidden gap-1 pointer-coarse:flex">
          <legend className="sr-only">{text.t("amount.signs")}</legend>
          {SIGNS.map((sign) => (
            <button
              key={sign}
              type="button"
              className="min-h-11 grow rounded-lg bg-sunken text-lg"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => press(sign)}
            >
              {sign}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
