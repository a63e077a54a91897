import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { EventOut } from "../../api/client";
import { useEvent } from "../../data/events";
import { type LinkIn, linksQuery, makeLink, useStanding, useWrite } from "../../data/members";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { wording } from "../../ui/wording";

// Most who open an event invite nobody just then.
const LinkDialog = lazy(() => import("./links/link-dialog"));

/** Invite the others with one tap: by the link that is there already, or by a new one. Only for those who may. */
export function InviteCard({ eventId }: { eventId: string }) {
  const { data: event } = useEvent(eventId);
  return event === undefined ? null : <Invite event={event} />;
}

function Invite({ event }: { event: EventOut }) {
  const text = useText();
  const { t } = text;
  const { role } = useStanding(event);
  const invites = role === "admin" && event.kind !== "direct" && event.status !== "archived";
  const links = useQuery({ ...linksQuery(event.id), enabled: invites });
  const [opened, setOpened] = useState<string | null>(null);
  const make = useWrite(
    (body: LinkIn, key) => makeLink(event.id, body, key),
    (link) => setOpened(link.id),
  );
  if (!invites) return null;
  const link = links.data?.find((each) => each.id === opened);
  const good = links.data?.find(
    (each) => each.status === "open" && each.role === "contributor" && each.max_uses === null && each.email === null,
  );
  const alone = event.members.filter((each) => each.active).length < 2;
  const error = links.error ?? make.error;
  return (
    <section className="grid gap-3 rounded-card border border-line bg-tint p-4 text-start text-ink">
      <h2 className="text-lg font-semibold">{t(alone ? "invite.title.alone" : "invite.title")}</h2>
      <p>{t("invite.what")}</p>
      {error !== null && <Notice tone="warn">{wording(error, text)}</Notice>}
      <Button
        look="primary"
        className="justify-self-start"
        // Not disabled meanwhile: a button that is loses the focus, and the dialog would not know where to give it back.
        aria-disabled={make.isPending || links.isLoading}
        onClick={() => {
          if (make.isPending || links.isLoading) return;
          if (links.data === undefined) void links.refetch();
          else if (good === undefined) make.mutate({ role: "contributor" });
          else setOpened(good.id);
        }}
      >
        {t("invite.do")}
      </Button>
      {link !== undefined && (
        <Suspense>
          <LinkDialog eventId={event.id} link={link} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </section>
  );
}
