import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type UserOut } from "../../api/client";
import { refreshEvent, seatsQuery } from "../../data/events";
import { outbox } from "../../data/outbox/outbox";
import { seatOwner } from "../../data/outbox/whose";
import { queries } from "../../data/query";
import { useSession } from "../../data/session";
import { type GuestSeat, store } from "../../data/store";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/parts";
import { toast } from "../../ui/toast";
import { explain } from "./parts/explain";

/** Offer whoever signed in to take over what they were as a guest on this device: in one event, or in all. */
export function ClaimNotice({ eventId }: { eventId?: string }) {
  const { user } = useSession();
  const seats = useQuery(seatsQuery);
  if (user === null) return null;
  const mine = (seats.data ?? []).filter((seat) => eventId === undefined || seat.event_id === eventId);
  if (mine.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {mine.map((seat) => (
        <Claim key={seat.event_id} user={user} seat={seat} />
      ))}
    </div>
  );
}

function Claim({ user, seat }: { user: UserOut; seat: GuestSeat }) {
  const text = useText();
  const { t } = text;
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();

  async function claim(): Promise<void> {
    setPending(true);
    setError(undefined);
    try {
      // Who the guest is says the cookie of that event, which the browser has kept.
      await answer(api.POST("/v1/claims", { body: { event_id: seat.event_id } }));
      // What the guest did here and could not send yet is of the account from now on.
      await outbox.inherit(seat.event_id, seatOwner(seat.event_id, seat.member), user.id);
      toast({ text: t("claim.done", { event: seat.name }) });
      await forgetSeat(seat.event_id);
      await queries.invalidateQueries({ queryKey: ["link"] });
    } catch (refused) {
      setError(refused);
      setPending(false);
    }
  }

  const buttons = (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" disabled={pending} onClick={() => void claim()}>
        {t("claim.do")}
      </Button>
      {error !== undefined && (
        <Button look="quiet" onClick={() => void forgetSeat(seat.event_id)}>
          {t("claim.forget")}
        </Button>
      )}
    </div>
  );
  return (
    <Notice action={buttons}>
      <p>{t("claim.what", { event: seat.name })}</p>
      {error !== undefined && (
        <p role="alert" className="mt-1 text-owes">
          {explain(error, text)}
        </p>
      )}
    </Notice>
  );
}

/** One is no guest there any more, on this device. */
export async function forgetSeat(eventId: string): Promise<void> {
  await (await store()).delete("seats", eventId);
  await queries.invalidateQueries({ queryKey: seatsQuery.queryKey });
  await refreshEvent(eventId);
}
