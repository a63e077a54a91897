import type { EventOut } from "../../api/client";
import { useEvent } from "../../data/events";
import { useStanding } from "../../data/members";
import { useText } from "../../i18n";
import { Notice, Skeleton } from "../../ui/parts";
import { DangerSection } from "./danger/danger-section";
import { EventSection } from "./event/event-section";
import { LinkSection } from "./links/link-section";
import { MemberSection } from "./people/member-section";

export default function SettingsTab({ eventId }: { eventId: string }) {
  const { data: event } = useEvent(eventId);
  return event === undefined ? <Skeleton lines={4} /> : <Settings event={event} />;
}

function Settings({ event }: { event: EventOut }) {
  const { t } = useText();
  const standing = useStanding(event);
  const managed = standing.role === "admin" && event.status !== "archived";
  return (
    <div className="grid gap-8">
      {event.status === "archived" && <Notice>{t("settings.archived")}</Notice>}
      {event.kind === "direct" && <Notice>{t("settings.direct")}</Notice>}
      <EventSection event={event} managed={managed} />
      <MemberSection event={event} standing={standing} />
      {event.kind !== "direct" && <LinkSection event={event} managed={managed} />}
      <DangerSection event={event} standing={standing} />
    </div>
  );
}
