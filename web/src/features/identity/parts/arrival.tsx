import { useState } from "react";
import { useLocation } from "wouter";
import type { UserOut } from "../../../api/client";
import { seatsQuery } from "../../../data/events";
import { queries } from "../../../data/query";
import { begin, useSession } from "../../../data/session";
import { useText } from "../../../i18n";
import { LinkButton } from "../../../ui/button";
import { Notice } from "../../../ui/parts";
import { ClaimNotice } from "../claim-notice";
import { Gate } from "./gate";
import { useNext } from "./next";
import { RowAction } from "./row-action";
import { signOutHere } from "./signing-out";

export interface Arriving {
  /** They are in, and there is something to offer before they go on. */
  arrived: boolean;
  next: string;
  arrive: (user: UserOut) => Promise<void>;
}

/** Let somebody in, and on to where they wanted to go. */
export function useArriving(): Arriving {
  const next = useNext();
  const [, go] = useLocation();
  const [arrived, setArrived] = useState(false);

  async function arrive(user: UserOut): Promise<void> {
    await begin(user);
    const seats = await queries.fetchQuery(seatsQuery);
    if (seats.length === 0 || next === "/join") go(next, { replace: true });
    else setArrived(true);
  }

  return { arrived, next, arrive };
}

/** What is offered to somebody who was a guest here before. */
export function Arrival({ next }: { next: string }) {
  const { t } = useText();
  const { user } = useSession();
  return (
    <Gate title={t("identity.welcome", { name: user?.name ?? "" })}>
      <ClaimNotice />
      <LinkButton to={next} look="primary">
        {t("identity.go_on")}
      </LinkButton>
    </Gate>
  );
}

/** Whoever is signed in need not come in again, but may want to as somebody else. */
export function AlreadyIn({ next }: { next: string }) {
  const { t } = useText();
  const { user } = useSession();
  if (user === null) return null;
  return (
    <div className="mb-4">
      <Notice
        action={
          <div className="flex flex-wrap gap-2">
            <LinkButton to={next}>{t("identity.go_on")}</LinkButton>
            <RowAction label={t("account.sign_out")} run={signOutHere}>
              {t("account.sign_out")}
            </RowAction>
          </div>
        }
      >
        {t("identity.already_in", { name: user.name })}
      </Notice>
    </div>
  );
}
