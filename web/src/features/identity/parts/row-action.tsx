import type { ReactNode } from "react";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { toast } from "../../../ui/toast";
import { explain } from "./explain";
import { useSending } from "./form";

/** A button that does one thing to one thing of a list; what is refused is said in passing. */
export function RowAction(props: { label: string; run: () => Promise<void>; danger?: boolean; children: ReactNode }) {
  const text = useText();
  const sending = useSending({
    send: () =>
      props.run().catch((error: unknown) => {
        toast({ text: explain(error, text) });
      }),
  });
  return (
    <Button
      look={props.danger ? "danger" : "plain"}
      aria-label={props.label}
      disabled={sending.pending}
      onClick={() => sending.submit()}
    >
      {props.children}
    </Button>
  );
}
