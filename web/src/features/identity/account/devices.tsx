import { answer, api, type Schemas } from "../../../api/client";
import { queries } from "../../../data/query";
import { useText } from "../../../i18n";
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

  async function signOut(session: SessionOut): Promise<void> {
    await answer(api.DELETE("/v1/sessions/{session_id}", { params: { path: { session_id: session.id } } }));
    await queries.invalidateQueries({ queryKey: KEY });
  }

  async function signOutElsewhere(): Promise<void> {
    const done: Schemas["EndedOut"] & { tokens_left?: number } = await answer(api.DELETE("/v1/sessions"));
    const left = done.tokens_left ?? 0;
    const ended = done.ended === 0 ? t("account.devices.none_else") : count("account.devices.ended", done.ended);
    const said = [ended, ...(left > 0 ? [count("account.devices.tokens", left)] : [])];
    toast({ text: said.join(" ") });
    await queries.invalidateQueries({ queryKey: KEY });
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
        <RowAction label={t("account.devices.end_others")} run={signOutElsewhere}>
          {t("account.devices.end_others")}
        </RowAction>
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
