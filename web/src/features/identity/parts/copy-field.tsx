import { useEffect, useRef, useState } from "react";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { TextField } from "../../../ui/field";

/** Something to be copied from here; it comes in answer to something, so it has the focus. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const { t } = useText();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => field.current?.focus(), []);

  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Over plain HTTP there is no such clipboard; the old way needs what is selected.
      setCopied(document.execCommand("copy"));
    }
  }

  return (
    <div className="grid gap-2">
      <TextField
        ref={field}
        label={label}
        value={value}
        readOnly
        dir="ltr"
        onFocus={(event) => event.currentTarget.select()}
        {...(hint === undefined ? {} : { hint })}
      />
      <div className="flex items-center gap-3">
        <Button look="primary" onClick={() => void copy()}>
          {t("do.copy")}
        </Button>
        <span role="status" className="text-sm text-quiet">
          {copied && t("do.copied")}
        </span>
      </div>
    </div>
  );
}
