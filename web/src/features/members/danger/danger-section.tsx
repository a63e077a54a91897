import { useState } from "react";
import type { EventOut } from "../../../api/client";
import { archiveEvent, type Standing, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Card, Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { said } from "../said";
import { Section } from "../section";
import { DeleteDialog } from "./delete-dialog";

/** What can't be taken back: each says when it can be done, and asks once more. */
export function DangerSection({ event, standing }: { event: EventOut; standing: Standing }) {
  const { t } = useText();
  const [asked, setAsked] = useState<"archive" | "delete" | null>(null);
  if (standing.role !== "admin" || event.status === "archived" || event.kind === "direct") return null;
  const archivable = event.status === "cleared";
  const deletable = event.status === "new" || event.status === "cleared";
  const close = () => setAsked(null);
  return (
    <Section title={t("danger.title")}>
      <Card className="grid gap-4">
        <Deed
          what={t(archivable ? "danger.archive.what" : "danger.archive.not_yet")}
          label={t("danger.archive")}
          enabled={archivable}
          onAsk={() => setAsked("archive")}
        />
        <hr className="border-line" />
        <Deed
          what={t(deletable ? "danger.delete.what" : "danger.delete.not_yet")}
          label={t("danger.delete")}
          enabled={deletable}
          onAsk={() => setAsked("delete")}
        />
      </Card>
      {asked === "archive" && <ArchiveDialog event={event} onClose={close} />}
      {asked === "delete" && <DeleteDialog event={event} onClose={close} />}
    </Section>
  );
}

function Deed(props: { what: string; label: string; enabled: boolean; onAsk: () => void }) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p className="min-w-0 grow basis-56 text-quiet">{props.what}</p>
      <Button look="danger" disabled={!props.enabled} onClick={props.onAsk}>
        {props.label}
      </Button>
    </div>
  );
}

function ArchiveDialog({ event, onClose }: { event: EventOut; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const archive = useWrite(
    (_: null, key) => archiveEvent(event.id, key),
    () => {
      toast({ text: t("danger.archive.done") });
      onClose();
    },
  );
  return (
    <Dialog title={t("danger.archive")} onClose={onClose}>
      <div className="grid gap-4">
        <p>{t("danger.archive.sure")}</p>
        {archive.error !== null && <Notice tone="warn">{said(archive.error, text)}</Notice>}
        <div className="flex flex-wrap gap-2">
          <Button look="danger" disabled={archive.isPending} onClick={() => archive.mutate(null)}>
            {t("danger.archive.do")}
          </Button>
          <Button look="quiet" disabled={archive.isPending} onClick={onClose}>
            {t("do.cancel")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
