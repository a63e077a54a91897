import { useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { queries } from "../../../data/query";
import { useText } from "../../../i18n";
import { CheckField } from "../../../ui/field";
import { toast } from "../../../ui/toast";
import { deviceName } from "../parts/device";
import { Badge, PagedList, Row } from "../parts/paged";
import { RowAction } from "../parts/row-action";
import { Section } from "../parts/section";

type SessionOut = Schemas["SessionOut"];

const KEY = ["sessions"];

/** Where one is signed in. */
export function Devices() {
  const { t, count, moment } = useText();
  const [tokensToo, setTokensToo] = useState(false);

  async function signOut(session: SessionOut): Promise<void> {
    await answer(api.DELETE("/v1/sessions/{session_id}", { params: { path: { session_id: session.id } } }));
    await queries.invalidateQueries({ queryKey: KEY });
  }

  async function signOutElsewhere(): Promise<void> {
    const params = { query: { tokens: tokensToo } };
    const done = await answer(api.DELETE("/v1/sessions", { params }));
    const said = [done.ended === 0 ? t("account.devices.none_else") : count("account.devices.ended", done.ended)];
    if (done.tokens_revoked > 0) said.push(count("account.devices.revoked", done.tokens_revoked));
    if (done.tokens_left > 0) said.push(count("account.devices.tokens", done.tokens_left));
    toast({ text: said.join(" ") });
    setTokensToo(false);
    await Promise.all([KEY, ["tokens"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  }

  function named(session: SessionOut): string {
    return (
      deviceName(session.device) ||
      t(session.kind === "program" ? "account.devices.program" : "account.devices.browser")
    );
  }

  return (
    <Section
      title={t("account.devices")}
      lead={t("account.devices.what")}
      action={
        <div className="grid gap-1">
          <RowAction label={t("account.devices.end_others")} run={signOutElsewhere}>
            {t("account.devices.end_others")}
          </RowAction>
          <CheckField
            label={t("account.devices.tokens_too")}
            checked={tokensToo}
            onChange={(event) => setTokensToo(event.currentTarget.checked)}
          />
        </div>
      }
    >
      <PagedList<SessionOut>
        label={t("account.devices")}
        of={KEY}
        ask={(query) => answer(api.GET("/v1/sessions", { params: { query } }))}
        empty={t("say.nothing")}
        row={(session) => (
          <Row
            title={named(session)}
            badge={
              session.current ? (
                <Badge tone="good">{t("account.devices.here")}</Badge>
              ) : (
                session.kind === "program" && <Badge>{t("account.devices.program")}</Badge>
              )
            }
            action={
              !session.current && (
                <RowAction
                  label={t("account.devices.end_named", { name: named(session) })}
                  run={() => signOut(session)}
                >
                  {t("account.sign_out")}
                </RowAction>
              )
            }
          >
            {t("account.devices.seen", { at: moment(session.last_seen_at) })}
          </Row>
        )}
      />
    </Section>
  );
}
