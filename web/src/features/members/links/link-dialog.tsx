import { useState } from "react";
import { eventQuery } from "../../../data/events";
import { type EventLink, revokeLink, useWrite } from "../../../data/members";
import { queries } from "../../../data/query";
import { type Key, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { CopyField } from "../../identity/parts/copy-field";
import { said } from "../said";
import { usesOf } from "./uses";

/** One link: to be shown, copied, passed on, or taken back. */
export default function LinkDialog(props: { eventId: string; link: EventLink; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const { eventId, link } = props;
  const open = link.status === "open";
  const facts = [
    t(`links.status.${link.status}` as Key),
    usesOf(link, text),
    t(open ? "links.until" : "links.made", { date: text.moment(open ? link.expires_at : link.created_at) }),
  ];
  return (
    <Dialog title={t(`links.role.${link.role}` as Key)} onClose={props.onClose}>
      <div className="grid gap-4">
        <p className="text-quiet">{facts.join(" · ")}</p>
        {link.email !== null && <p>{t(link.mailed ? "links.mailed" : "links.not_mailed", { email: link.email })}</p>}
        {open ? (
          <>
            <p>{t(`links.role.${link.role}.what` as Key)}</p>
            <img
              src={`/v1/events/${eventId}/links/${link.id}/qr`}
              alt={t("links.qr")}
              width="224"
              height="224"
              className="size-56 justify-self-center rounded-xl bg-white"
            />
            <CopyField label={t("links.address")} value={link.url} />
            <Share eventId={eventId} url={link.url} />
            <Revoke eventId={eventId} link={link} onDone={props.onClose} />
          </>
        ) : (
          <p>{t(`links.status.${link.status}.what` as Key)}</p>
        )}
      </div>
    </Dialog>
  );
}

/** Where the device can pass things on, let it. */
function Share({ eventId, url }: { eventId: string; url: string }) {
  const { t } = useText();
  if (typeof navigator.share !== "function") return null;
  const event = queries.getQueryData(eventQuery(eventId).queryKey)?.name ?? t("app.name");
  return (
    <Button
      look="primary"
      onClick={() => {
        // Whoever closes the list of apps again has not failed.
        navigator.share({ title: event, text: t("links.share.text", { event }), url }).catch(() => undefined);
      }}
    >
      {t("do.share")}
    </Button>
  );
}

function Revoke({ eventId, link, onDone }: { eventId: string; link: EventLink; onDone: () => void }) {
  const text = useText();
  const { t } = text;
  const [asked, setAsked] = useState(false);
  const revoke = useWrite(
    (_: null, key) => revokeLink(eventId, link.id, key),
    () => {
      toast({ text: t("links.revoked") });
      onDone();
    },
  );
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      {asked && <p>{t("links.revoke.what")}</p>}
      {revoke.error !== null && <Notice tone="warn">{said(revoke.error, text)}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button
          look="danger"
          disabled={revoke.isPending}
          onClick={() => (asked ? revoke.mutate(null) : setAsked(true))}
        >
          {t(asked ? "links.revoke.do" : "links.revoke")}
        </Button>
        {asked && (
          <Button look="quiet" disabled={revoke.isPending} onClick={() => setAsked(false)}>
            {t("do.cancel")}
          </Button>
        )}
      </div>
    </div>
  );
}
