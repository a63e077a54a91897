import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { answer, api, Refused } from "../../../api/client";
import { seatsQuery } from "../../../data/events";
import { forgetEvent } from "../../../data/query";
import type { GuestSeat } from "../../../data/store";
import { useText } from "../../../i18n";
import { LinkButton } from "../../../ui/button";
import { forgetSeat } from "../claim-notice";
import { doorPath } from "../parts/next";
import { Row } from "../parts/paged";
import { RowAction } from "../parts/row-action";
import { Section } from "../parts/section";

/** What there is for somebody without an account: the events they are guests of, and the way to keep them. */
export function GuestAccount() {
  const { t } = useText();
  const seats = useQuery(seatsQuery).data ?? [];
  return (
    <>
      <Section title={t("account.guest")} lead={t(seats.length > 0 ? "account.guest.keep" : "account.guest.what")}>
        <div className="flex flex-wrap gap-2">
          <LinkButton to={doorPath("/sign-up", "/account")} look="primary">
            {t("identity.sign_up")}
          </LinkButton>
          <LinkButton to={doorPath("/sign-in", "/account")}>{t("identity.sign_in")}</LinkButton>
        </div>
      </Section>
      {seats.length > 0 && (
        <Section title={t("account.guest.events")} lead={t("account.guest.events.what")}>
          <ul className="divide-y divide-line">
            {seats.map((seat) => (
              <li key={seat.event_id}>
                <Row
                  title={
                    <Link href={`/events/${seat.event_id}`} className="inline-flex min-h-11 items-center">
                      {seat.name}
                    </Link>
                  }
                  action={
                    <RowAction label={t("account.guest.sign_out", { event: seat.name })} run={() => signOutGuest(seat)}>
                      {t("account.sign_out")}
                    </RowAction>
                  }
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

async function signOutGuest({ event_id }: GuestSeat): Promise<void> {
  try {
    await answer(api.DELETE("/v1/sessions/current", { params: { query: { event_id } } }));
  } catch (error) {
    // Whoever is not known there any more has nothing left to end.
    if (!(error instanceof Refused) || ![401, 404].includes(error.status)) throw error;
  }
  await forgetSeat(event_id);
  await forgetEvent(event_id);
}
