import { useLocation, useSearch } from "wouter";
import { useSession } from "../../data/session";
import { useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { EmptyState, Skeleton } from "../../ui/parts";
import { toast } from "../../ui/toast";
import { doorPath } from "../identity/parts/next";
import { NewEventForm } from "./new/new-event-form";
import { tabPath } from "./tabs";

export default function NewEventPage() {
  const { t } = useText();
  const { user, known } = useSession();
  const search = useSearch();
  const [, go] = useLocation();
  return (
    <Frame title={t("newevent.title")}>
      <h1 className="mb-4 text-2xl font-bold">{t("newevent.title")}</h1>
      {!known && <Skeleton lines={4} />}
      {known && user === null && (
        <EmptyState
          title={t("newevent.sign_in")}
          action={
            <LinkButton look="primary" to={doorPath("/sign-in", `/new${search === "" ? "" : `?${search}`}`)}>
              {t("newevent.sign_in.do")}
            </LinkButton>
          }
        >
          {t("newevent.sign_in.what")}
        </EmptyState>
      )}
      {user !== null && (
        <NewEventForm
          key={user.id}
          user={user}
          groupId={new URLSearchParams(search).get("group")}
          onCreated={({ event, earlier }) => {
            if (earlier) toast({ text: t("newevent.earlier") });
            go(tabPath(event.id, "expenses"), { replace: true });
          }}
        />
      )}
    </Frame>
  );
}
