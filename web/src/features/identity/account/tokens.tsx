import { useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { queries } from "../../../data/query";
import { type Key, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { SelectField, TextField } from "../../../ui/field";
import { ConfirmDialog } from "../parts/confirm";
import { CopyField } from "../parts/copy-field";
import { Form, useSending } from "../parts/form";
import { useKeyed } from "../parts/keys";
import { Badge, PagedList, Row } from "../parts/paged";
import { Section } from "../parts/section";

type Token = Schemas["PersonalTokenOut"];

const KEY = ["tokens"];
const SCOPES = ["read", "write", "admin"] as const;
const DAYS = [30, 90, 365] as const;

export function Tokens() {
  const { t, moment, date } = useText();
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Token>();
  return (
    <Section
      title={t("account.tokens")}
      lead={t("account.tokens.what")}
      action={<Button onClick={() => setMaking(true)}>{t("account.tokens.make")}</Button>}
    >
      <PagedList<Token>
        label={t("account.tokens")}
        of={KEY}
        ask={(query) => answer(api.GET("/v1/tokens", { params: { query } }))}
        empty={t("account.tokens.none")}
        row={(token) => (
          <Row
            title={token.name}
            badge={<Badge>{t(`account.tokens.scope.${token.scope}.short` as Key)}</Badge>}
            action={
              <Button
                look="danger"
                aria-label={t("account.revoke_named", { name: token.name })}
                onClick={() => setLeaving(token)}
              >
                {t("account.revoke")}
              </Button>
            }
          >
            {token.expires_at === null ? t("account.no_end") : t("account.until", { day: date(token.expires_at) })} ·{" "}
            {token.last_used_at === null
              ? t("account.never_used")
              : t("account.used", { at: moment(token.last_used_at) })}
            {token.event_id !== null && ` · ${t("account.tokens.one_event")}`}
          </Row>
        )}
      />
      {making && <MakeToken onClose={() => setMaking(false)} />}
      {leaving && (
        <ConfirmDialog
          title={t("account.revoke_named", { name: leaving.name })}
          action={t("account.revoke")}
          onClose={() => setLeaving(undefined)}
          run={async () => {
            await answer(api.DELETE("/v1/tokens/{token_id}", { params: { path: { token_id: leaving.id } } }));
            await queries.invalidateQueries({ queryKey: KEY });
          }}
        >
          {t("account.tokens.revoke.what")}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function MakeToken({ onClose }: { onClose: () => void }) {
  const { t, count } = useText();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<(typeof SCOPES)[number]>("read");
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<string>();
  const keyed = useKeyed();
  const sending = useSending({
    fields: ["name", "scope", "expires_in_days"],
    check: () => ({ name: name.trim() === "" ? t("say.required") : undefined }),
    send: async () => {
      const body = { name, scope, expires_in_days: days === "" ? null : Number(days) };
      const { token } = await keyed(body, (key) =>
        answer(api.POST("/v1/tokens", { params: { header: { "Idempotency-Key": key } }, body })),
      );
      setMade(token);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  if (made !== undefined) {
    return (
      <Dialog title={t("account.tokens.made")} onClose={onClose}>
        <div className="grid gap-4">
          <CopyField label={name} value={made} hint={t("account.tokens.made.what")} />
          <Button className="justify-self-start" onClick={onClose}>
            {t("do.close")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("account.tokens.make")} onClose={onClose}>
      <Form sending={sending} action={t("account.tokens.make")}>
        <TextField
          label={t("account.tokens.name")}
          hint={t("account.tokens.name.hint")}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        <SelectField
          label={t("account.tokens.scope")}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value as typeof scope)}
          error={sending.of("scope")}
        >
          {SCOPES.map((each) => (
            <option key={each} value={each}>
              {t(`account.tokens.scope.${each}` as Key)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("account.tokens.expiry")}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          error={sending.of("expires_in_days")}
        >
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {count("account.days", each)}
            </option>
          ))}
          <option value="">{t("account.no_end")}</option>
        </SelectField>
      </Form>
    </Dialog>
  );
}
