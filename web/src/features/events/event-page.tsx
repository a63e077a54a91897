import { lazy, Suspense } from "react";
import { useLocation } from "wouter";
import { Refused } from "../../api/client";
import { useEvent } from "../../data/events";
import { useRealtime } from "../../data/realtime";
import { useSession } from "../../data/session";
import { type Key, useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { EmptyState, Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { ExpensesTab } from "../expenses/expenses-tab";
import { OthersWaiting } from "../home/unsent";
import { ClaimNotice } from "../identity/claim-notice";
import { EventTabs, TABS, type Tab } from "./tabs";

const BalancesTab = lazy(() => import("../balances/balances-tab"));
const SettleTab = lazy(() => import("../settling/settle-tab"));
const ActivityTab = lazy(() => import("../activity/activity-tab"));
const SettingsTab = lazy(() => import("../members/settings-tab"));

export default function EventPage({ eventId }: { eventId: string }) {
  const text = useText();
  const { t } = text;
  const found = useEvent(eventId);
  useRealtime(eventId);
  const event = found.data;
  const hidden = found.error instanceof Refused && found.error.status !== 429;
  if (hidden) {
    return (
      <Frame title={t("app.not_found")}>
        <EmptyState alone title={t("app.not_found")} action={<ComeIn eventId={eventId} />}>
          {t("app.not_found.what")}
        </EmptyState>
        <OthersWaiting />
      </Frame>
    );
  }
  if (event === undefined) {
    const again = <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>;
    return (
      <Frame title={t("say.loading")}>
        {found.error === null ? (
          <Skeleton lines={4} />
        ) : (
          <Notice tone="warn" action={again}>
            {wording(found.error, text)}
          </Notice>
        )}
      </Frame>
    );
  }
  return (
    <Frame title={event.name}>
      <div className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <h1 className="text-2xl font-bold">{event.name}</h1>
        <span className="text-sm text-quiet">{t(`event.status.${event.status}` as Key)}</span>
      </div>
      <ClaimNotice eventId={eventId} />
      <CurrentTab eventId={eventId} />
    </Frame>
  );
}

/** Perhaps they see it once they are signed in. */
function ComeIn({ eventId }: { eventId: string }) {
  const { t } = useText();
  const { user, known } = useSession();
  if (!known || user !== null) return null;
  return (
    <LinkButton to={`/sign-in?next=${encodeURIComponent(`/events/${eventId}`)}`} look="primary">
      {t("home.sign_in")}
    </LinkButton>
  );
}

function CurrentTab({ eventId }: { eventId: string }) {
  const [path] = useLocation();
  const part = path.split("/")[3];
  const tab: Tab = TABS.find((each) => each === part) ?? "expenses";
  return (
    <>
      <EventTabs eventId={eventId} current={tab} />
      <Suspense fallback={<Skeleton />}>
        {tab === "expenses" && <ExpensesTab eventId={eventId} />}
        {tab === "balances" && <BalancesTab eventId={eventId} />}
        {tab === "settle" && <SettleTab eventId={eventId} />}
        {tab === "activity" && <ActivityTab eventId={eventId} />}
        {tab === "settings" && <SettingsTab eventId={eventId} />}
      </Suspense>
    </>
  );
}
