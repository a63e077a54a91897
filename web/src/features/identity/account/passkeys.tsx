import { useState } from "react";
import { answer, api, type Schemas, type UserOut } from "../../../api/client";
import { newId } from "../../../api/ids";
import { queries } from "../../../data/query";
import { sessionQuery } from "../../../data/session";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { toast } from "../../../ui/toast";
import { ConfirmDialog } from "../parts/confirm";
import { deviceName } from "../parts/device";
import { Form, useSending } from "../parts/form";
import { PagedList, Row } from "../parts/paged";
import { makePasskey, NoPasskey, passkeysWork } from "../parts/passkey";
import { PasswordField } from "../parts/password-field";
import { Section } from "../parts/section";

type Passkey = Schemas["PasskeyOut"];

const KEY = ["passkeys"];

function refresh(): Promise<unknown> {
  const changed = [KEY, sessionQuery.queryKey];
  return Promise.all(changed.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function Passkeys({ user }: { user: UserOut }) {
  const { t, moment } = useText();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Passkey>();
  const works = passkeysWork();
  return (
    <Section
      title={t("account.passkeys")}
      lead={t(works ? "account.passkeys.what" : "account.passkeys.not_here")}
      action={works && <Button onClick={() => setAdding(true)}>{t("account.passkeys.add")}</Button>}
    >
      <PagedList<Passkey>
        label={t("account.passkeys")}
        of={KEY}
        ask={(query) => answer(api.GET("/v1/users/me/passkeys", { params: { query } }))}
        empty={t("account.passkeys.none")}
        row={(passkey) => (
          <Row
            title={passkey.name}
            action={
              <Button
                look="danger"
                aria-label={t("account.delete_named", { name: passkey.name })}
                onClick={() => setLeaving(passkey)}
              >
                {t("do.delete")}
              </Button>
            }
          >
            {t("account.made", { at: moment(passkey.created_at) })} ·{" "}
            {passkey.last_used_at === null
              ? t("account.never_used")
              : t("account.used", { at: moment(passkey.last_used_at) })}
          </Row>
        )}
      />
      {adding && <AddPasskey user={user} onClose={() => setAdding(false)} />}
      {leaving && (
        <ConfirmDialog
          title={t("account.delete_named", { name: leaving.name })}
          action={t("do.delete")}
          onClose={() => setLeaving(undefined)}
          run={async () => {
            const params = { path: { passkey_id: leaving.id } };
            await answer(api.DELETE("/v1/users/me/passkeys/{passkey_id}", { params }));
            await refresh();
          }}
        >
          {t("account.passkeys.delete.what")}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function AddPasskey({ user, onClose }: { user: UserOut; onClose: () => void }) {
  const { t } = useText();
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const [current, setCurrent] = useState("");
  const [declined, setDeclined] = useState(false);
  const sending = useSending({
    fields: ["name", "current"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      current: user.has_password && current === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      setDeclined(false);
      const known = user.has_password ? { body: { current } } : {};
      const { public_key } = await answer(api.POST("/v1/users/me/passkeys/options", known));
      try {
        const credential = await makePasskey(public_key);
        const params = { header: { "Idempotency-Key": newId() } };
        await answer(api.POST("/v1/users/me/passkeys", { params, body: { name, credential } }));
      } catch (error) {
        if (!(error instanceof NoPasskey)) throw error;
        setDeclined(true);
        return;
      }
      await refresh();
      toast({ text: t("account.passkeys.added") });
      onClose();
    },
  });
  return (
    <Dialog title={t("account.passkeys.add")} onClose={onClose}>
      <Form sending={sending} action={t("account.passkeys.add")}>
        <TextField
          label={t("account.passkeys.name")}
          hint={t("account.passkeys.name.hint")}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        {user.has_password && (
          <PasswordField
            label={t("identity.password.current")}
            hint={t("account.passkeys.needs_password")}
            use="current-password"
            value={current}
            onChange={setCurrent}
            error={sending.of("current")}
          />
        )}
        {declined && <p role="status">{t("account.passkeys.declined")}</p>}
      </Form>
    </Dialog>
  );
}
