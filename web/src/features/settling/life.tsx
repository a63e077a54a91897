import { useState } from "react";
import type { EventOut } from "../../api/client";
import { archiveEvent, useWrite } from "../../data/members";
import { type Asked, reopen, settle } from "../../data/settling";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Notice } from "../../ui/parts";
import { wording } from "../../ui/wording";

/** A step in the life of an event; `hold` is to begin anew with another plan, `close` to end what is square already. */
export type Step = "start" | "hold" | "close" | "reopen" | "archive";

function take(step: Step, eventId: string, asked: Asked, key: string): Promise<EventOut> {
  if (step === "reopen") return reopen(eventId, key);
  if (step === "archive") return archiveEvent(eventId, key);
  return settle(eventId, asked, key);
}

/** Take a step after saying what it does to everybody. */
export function LifeButton(props: { event: EventOut; step: Step; asked?: Asked; onTaken?: () => void }) {
  const { event, step, asked = {}, onTaken } = props;
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t(`settle.${step}`)}</Button>
      {open && <StepDialog {...{ event, step, asked, onTaken }} onClose={() => setOpen(false)} />}
    </>
  );
}

function StepDialog(props: {
  event: EventOut;
  step: Step;
  asked: Asked;
  onTaken: (() => void) | undefined;
  onClose: () => void;
}) {
  const { event, step, asked, onTaken, onClose } = props;
  const text = useText();
  const { t } = text;
  const taking = useWrite(
    (_: Asked, key: string) => take(step, event.id, asked, key),
    () => {
      onTaken?.();
      onClose();
    },
  );
  return (
    <Dialog title={t(`settle.${step}`)} onClose={onClose}>
      <div className="grid gap-4">
        <p>{t(`settle.${step}.what`)}</p>
        {taking.error !== null && <Notice tone="warn">{wording(taking.error, text)}</Notice>}
        <div className="flex gap-2">
          <Button look="primary" className="grow" disabled={taking.isPending} onClick={() => taking.mutate(asked)}>
            {t(`settle.${step}`)}
          </Button>
          <Button onClick={onClose}>{t("do.cancel")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
