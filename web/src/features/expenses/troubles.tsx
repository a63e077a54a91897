import { useState } from "react";
import { Link } from "wouter";
import type { EventOut } from "../../api/client";
import { outbox } from "../../data/outbox/outbox";
import { useWaiting } from "../../data/outbox/use-outbox";
import type { Waiting } from "../../data/outbox/waiting";
import { useText } from "../../i18n";
import { Button, buttonClass } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { ConflictDialog } from "./conflict-dialog";

/** What could not be recorded as it is: why, and what can be done about it. Nothing of it is lost. */
export function Troubles({ event }: { event: EventOut }) {
  const troubled = useWaiting(event.id).filter(
    (each) => each.trouble !== undefined && each.change.kind !== "settlement.add",
  );
  if (troubled.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {troubled.map((waiting) => (
        <Troubled key={waiting.order} event={event} waiting={waiting} />
      ))}
    </div>
  );
}

function Troubled({ event, waiting }: { event: EventOut; waiting: Waiting }) {
  const { t } = useText();
  const [comparing, setComparing] = useState(false);
  const { change, trouble } = waiting;
  const name =
    "body" in change && "description" in change.body
      ? change.body.description
      : "base" in change
        ? change.base.description
        : "";
  const conflict = trouble?.kind === "conflict";
  const actions = (
    <div className="flex flex-wrap gap-2">
      {conflict && <Button onClick={() => setComparing(true)}>{t("trouble.compare")}</Button>}
      {!conflict && "body" in change && (
        <Link href={`/events/${event.id}/expenses/${change.id}/edit`} className={buttonClass("plain")}>
          {t("trouble.mend")}
        </Link>
      )}
      {!conflict && <Button onClick={() => void outbox.mend(waiting.order, change)}>{t("do.retry")}</Button>}
      <Button look="danger" onClick={() => void outbox.discard(waiting.order)}>
        {t("trouble.discard")}
      </Button>
    </div>
  );
  return (
    <Notice tone="warn" action={actions}>
      <strong>{t(conflict ? "trouble.conflict" : "trouble.refused", { name })}</strong>
      <span className="block text-sm">{conflict ? t("trouble.conflict.what") : trouble?.detail}</span>
      {comparing && <ConflictDialog event={event} waiting={waiting} onClose={() => setComparing(false)} />}
    </Notice>
  );
}
