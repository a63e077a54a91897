import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { answer, api, Refused } from "../../api/client";
import { queries } from "../../data/query";
import { sessionQuery, useSession } from "../../data/session";
import { useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Skeleton } from "../../ui/parts";
import { explain } from "./parts/explain";
import { Trouble } from "./parts/form";
import { Gate, NoLink } from "./parts/gate";
import { letGo, useSecret } from "./parts/secret";

export default function VerifyPage() {
  const { t } = useText();
  const secret = useSecret();
  return (
    <Gate title={t("identity.verify")}>
      {secret?.kind === "ticket" ? <Verifying ticket={secret.text} /> : <NoLink />}
    </Gate>
  );
}

/** The link is good once: that it was used is asked once, however often this is drawn. */
function Verifying({ ticket }: { ticket: string }) {
  const text = useText();
  const { t } = text;
  const { user } = useSession();
  const found = useQuery({
    queryKey: ["verified", ticket],
    queryFn: async () => {
      await answer(api.POST("/v1/email/verify", { body: { ticket } }));
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    meta: { keep: false },
  });
  const done = found.data === true;
  useEffect(() => {
    if (!done) return;
    letGo();
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [done]);
  if (found.isFetching) return <Skeleton lines={1} />;
  if (!done) {
    const final = found.error instanceof Refused && found.error.status !== 429;
    return (
      <div className="grid gap-3">
        <Trouble>{explain(found.error, text)}</Trouble>
        <div className="flex flex-wrap gap-2">
          {!final && <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>}
          <LinkButton to="/account" look="quiet">
            {t("identity.verify.again")}
          </LinkButton>
        </div>
      </div>
    );
  }
  return (
    <div className="grid gap-3">
      <p role="status">{t("identity.verify.done")}</p>
      <LinkButton to={user === null ? "/sign-in" : "/"} look="primary">
        {t(user === null ? "identity.sign_in" : "identity.go_on")}
      </LinkButton>
    </div>
  );
}
