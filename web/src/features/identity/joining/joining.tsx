import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { answer, api, type Schemas } from "../../../api/client";
import { refreshEvent, seatsQuery } from "../../../data/events";
import { queries } from "../../../data/query";
import { useSession } from "../../../data/session";
import { store } from "../../../data/store";
import { type Key, useText } from "../../../i18n";
import { LinkButton } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { ClaimNotice } from "../claim-notice";
import { Form, useSending } from "../parts/form";
import { Gate } from "../parts/gate";
import { useKeyed } from "../parts/keys";
import { doorPath } from "../parts/next";
import { letGo } from "../parts/secret";
import { SOMEBODY_NEW, WhoAreYou } from "./who-are-you";

type Look = Schemas["LookOut"];

/** What the link leads to, and the way in. */
export function Joining({ token, look }: { token: string; look: Look }) {
  const { t } = useText();
  const { user } = useSession();
  const seats = useQuery(seatsQuery);
  const seat = seats.data?.find((each) => each.event_id === look.event_id);
  const there = look.seat !== null || (user === null && seat !== undefined);
  const lead = (
    <>
      <p>{t("join.lead")}</p>
      <p>{t(`join.role.${look.role}` as Key, { currency: look.currency })}</p>
    </>
  );
  const doors = (
    <>
      <LinkButton to={doorPath("/sign-in", "/join")} look="quiet">
        {t("join.sign_in")}
      </LinkButton>
      <LinkButton to={doorPath("/sign-up", "/join")} look="quiet">
        {t("join.sign_up")}
      </LinkButton>
    </>
  );
  return (
    <Gate title={look.name} lead={lead} below={user === null && !there && doors}>
      {user !== null && seat !== undefined && look.seat === null && <ClaimNotice eventId={look.event_id} />}
      {there ? (
        <Notice
          action={
            <LinkButton to={`/events/${look.event_id}`} look="primary">
              {t("join.open")}
            </LinkButton>
          }
        >
          {t("join.there")}
        </Notice>
      ) : (
        <Enter token={token} look={look} />
      )}
    </Gate>
  );
}

function Enter({ token, look }: { token: string; look: Look }) {
  const { t } = useText();
  const { user } = useSession();
  const [, go] = useLocation();
  const alone = look.members.length === 0;
  const [who, setWho] = useState(user !== null || alone ? SOMEBODY_NEW : "");
  const [name, setName] = useState(user?.name ?? "");
  const keyed = useKeyed();

  async function join(): Promise<void> {
    const chosen = who === SOMEBODY_NEW ? { name } : { member: Number(who) };
    const found = await keyed(chosen, (key) => {
      const params = { header: { "Idempotency-Key": key } };
      return answer(api.POST("/v1/links/join", { params, body: { token, ...chosen } }));
    });
    if (found.guest_token !== null) {
      const { event_id, member, role } = found;
      await (await store()).put("seats", { event_id, member, role, name: look.name });
      await queries.invalidateQueries({ queryKey: seatsQuery.queryKey });
    }
    await refreshEvent(found.event_id);
    letGo();
    go(`/events/${found.event_id}`, { replace: true });
  }

  const sending = useSending({
    fields: ["member", "name"],
    check: () => ({
      member: who === "" ? t("join.who.missing") : undefined,
      name: who === SOMEBODY_NEW && name.trim() === "" ? t("say.required") : undefined,
    }),
    send: join,
  });
  return (
    <Form sending={sending} action={t("join.do")} full>
      {user !== null && <p className="text-quiet">{t("join.with_account", { name: user.name })}</p>}
      {!alone && <WhoAreYou members={look.members} who={who} choose={setWho} error={sending.of("member")} />}
      {who === SOMEBODY_NEW && (
        <TextField
          label={t("join.name")}
          hint={t("identity.name.hint")}
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
      )}
    </Form>
  );
}
