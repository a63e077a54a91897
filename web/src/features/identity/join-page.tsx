import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { answer, api, Refused } from "../../api/client";
import { useSession } from "../../data/session";
import { useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Skeleton } from "../../ui/parts";
import { Joining } from "./joining/joining";
import { explain } from "./parts/explain";
import { Gate, NoLink } from "./parts/gate";
import { useSecret } from "./parts/secret";

/** Where every invitation leads: into an event by its link, or to an account of one's own. */
export default function JoinPage() {
  const { t } = useText();
  const secret = useSecret();
  const [, go] = useLocation();
  const invited = secret?.kind === "invite";
  useEffect(() => {
    if (invited) go("/sign-up", { replace: true });
  }, [invited, go]);
  if (secret?.kind === "link") return <ByLink token={secret.text} />;
  return <Gate title={t("join.title")}>{invited ? <Skeleton lines={1} /> : <NoLink />}</Gate>;
}

function ByLink({ token }: { token: string }) {
  const text = useText();
  const { t } = text;
  const { user, known } = useSession();
  const found = useQuery({
    queryKey: ["link", token, user?.id ?? null],
    queryFn: () => answer(api.POST("/v1/links/look", { body: { token } })),
    enabled: known,
    meta: { keep: false },
  });
  if (found.data !== undefined) return <Joining key={user?.id} token={token} look={found.data} />;
  if (found.error === null) {
    return (
      <Gate title={t("join.title")}>
        <Skeleton lines={2} />
      </Gate>
    );
  }
  const final = found.error instanceof Refused && found.error.status !== 429;
  return (
    <Gate title={t("join.title")}>
      <div role="alert" className="mb-4 grid gap-1">
        <h2 className="font-semibold">{t(final ? "join.not_good" : "join.not_now")}</h2>
        <p className="text-quiet">{explain(found.error, text)}</p>
      </div>
      {final ? (
        <LinkButton to="/">{t("nav.home")}</LinkButton>
      ) : (
        <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>
      )}
    </Gate>
  );
}
