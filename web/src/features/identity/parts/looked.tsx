import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { answer, api, Refused, type Schemas } from "../../../api/client";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Skeleton } from "../../../ui/parts";
import { explain } from "./explain";
import { Trouble } from "./form";
import { letGo } from "./secret";

type Ticket = Schemas["TicketOut"];

/** Look at the ticket of a link before anything is asked of whoever opened it: one that is not good says so at once. */
export function Looked(props: { ticket: string; purpose: Ticket["purpose"]; children: (found: Ticket) => ReactNode }) {
  const text = useText();
  const found = useQuery({
    queryKey: ["ticket", props.ticket],
    queryFn: () => answer(api.POST("/v1/tickets/look", { body: { ticket: props.ticket } })),
    staleTime: Number.POSITIVE_INFINITY,
    meta: { keep: false },
  });
  const other = found.data !== undefined && found.data.purpose !== props.purpose;
  const final = other || (found.error instanceof Refused && found.error.status !== 429);
  useEffect(() => {
    if (final) letGo();
  }, [final]);
  if (found.data !== undefined && !other) return props.children(found.data);
  if (!other && found.error === null) return <Skeleton lines={2} />;
  return (
    <div className="grid gap-3">
      <Trouble>{other ? text.t("refused.ticket") : explain(found.error, text)}</Trouble>
      {!final && (
        <Button className="justify-self-start" onClick={() => void found.refetch()}>
          {text.t("do.retry")}
        </Button>
      )}
    </div>
  );
}
