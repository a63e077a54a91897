import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { type EventOut, Refused } from "../../../api/client";
import { refreshEvent } from "../../../data/events";
import { deleteEvent, partFromEvent, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { folded } from "../names";
import { said } from "../said";

/** Delete an event for everybody in it: whoever does types its name. */
export function DeleteDialog({ event, onClose }: { event: EventOut; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const [, go] = useLocation();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string>();
  const remove = useWrite(
    (version: number, key) => deleteEvent(event.id, version, key),
    () => {
      toast({ text: t("danger.delete.done", { event: event.name }) });
      onClose();
      go("/");
      void partFromEvent(event.id);
    },
  );

  function submit(happened: FormEvent) {
    happened.preventDefault();
    if (remove.isPending) return;
    const same = folded(typed).replace(/\s+/g, " ") === folded(event.name).replace(/\s+/g, " ");
    setWrong(same ? undefined : t("danger.delete.other_name"));
    if (!same) return;
    remove.mutate(event.version, {
      onError: (error) => {
        // Somebody changed it meanwhile: the next attempt goes by what it is then.
        if (error instanceof Refused && error.status === 409) void refreshEvent(event.id);
      },
    });
  }

  return (
    <Dialog title={t("danger.delete")} onClose={onClose}>
      <form noValidate onSubmit={submit} className="grid gap-4" aria-busy={remove.isPending}>
        <p>{t("danger.delete.sure")}</p>
        <TextField
          label={t("danger.delete.type", { name: event.name })}
          value={typed}
          data-focus
          autoComplete="off"
          autoCapitalize="off"
          onChange={(happened) => {
            setTyped(happened.target.value);
            setWrong(undefined);
          }}
          error={wrong}
        />
        {remove.error !== null && <Notice tone="warn">{said(remove.error, text)}</Notice>}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="danger" disabled={remove.isPending || typed.trim() === ""}>
            {t("danger.delete.do")}
          </Button>
          <Button look="quiet" disabled={remove.isPending} onClick={onClose}>
            {t("do.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
