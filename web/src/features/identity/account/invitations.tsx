import { useState } from "react";
import { answer, api, type Schemas, type UserOut } from "../../../api/client";
import { useInstance } from "../../../data/instance";
import { queries } from "../../../data/query";
import { type Key, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { SelectField, TextField } from "../../../ui/field";
import { CopyField } from "../parts/copy-field";
import { Form, useSending } from "../parts/form";
import { useKeyed } from "../parts/keys";
import { Badge, PagedList, Row } from "../parts/paged";
import { RowAction } from "../parts/row-action";
import { Section } from "../parts/section";

type Invitation = Schemas["InvitationOut"];

const KEY = ["invitations"];

/** Whom those who run this instance have invited to it. */
export function Invitations({ user }: { user: UserOut }) {
  const { t, date } = useText();
  const [making, setMaking] = useState(false);

  async function revoke(invitation: Invitation): Promise<void> {
    await answer(api.DELETE("/v1/invitations/{ticket_id}", { params: { path: { ticket_id: invitation.id } } }));
    await queries.invalidateQueries({ queryKey: KEY });
  }

  return (
    <Section
      title={t("account.invitations")}
      lead={t("account.invitations.what")}
      action={<Button onClick={() => setMaking(true)}>{t("account.invitations.make")}</Button>}
    >
      <PagedList<Invitation>
        label={t("account.invitations")}
        of={KEY}
        ask={(query) => answer(api.GET("/v1/invitations", { params: { query } }))}
        empty={t("account.invitations.none")}
        row={(invitation) => {
          const whose = invitation.email ?? t("account.invitations.anybody");
          return (
            <Row
              title={whose}
              badge={
                <>
                  <Badge tone={invitation.status === "open" ? "good" : "plain"}>
                    {t(`account.invitations.status.${invitation.status}` as Key)}
                  </Badge>
                  {invitation.role === "admin" && <Badge>{t("account.role.admin")}</Badge>}
                </>
              }
              action={
                invitation.status === "open" && (
                  <RowAction danger label={t("account.revoke_named", { name: whose })} run={() => revoke(invitation)}>
                    {t("account.revoke")}
                  </RowAction>
                )
              }
            >
              {t("account.made", { at: date(invitation.created_at) })} ·{" "}
              {t("account.until", { day: date(invitation.expires_at) })}
            </Row>
          );
        }}
      />
      {making && <Invite mayMakeAdmins={user.role === "owner"} onClose={() => setMaking(false)} />}
    </Section>
  );
}

function Invite({ mayMakeAdmins, onClose }: { mayMakeAdmins: boolean; onClose: () => void }) {
  const { t } = useText();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"user" | "admin">("user");
  const [made, setMade] = useState<Schemas["NewInvitationOut"]>();
  const letters = useInstance()?.mail !== false;
  const keyed = useKeyed();
  const sending = useSending({
    fields: ["email", "role"],
    send: async () => {
      const body = { role, email: email.trim() || null };
      const invitation = await keyed(body, (key) =>
        answer(api.POST("/v1/invitations", { params: { header: { "Idempotency-Key": key } }, body })),
      );
      setMade(invitation);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  if (made !== undefined) {
    const where = made.mailed
      ? t("account.invitations.mailed", { email: made.email ?? "" })
      : t("account.invitations.hand");
    return (
      <Dialog title={t("account.invitations.made")} onClose={onClose}>
        <div className="grid gap-4">
          <CopyField label={t("account.invitations.link")} value={made.url} hint={where} />
          <Button className="justify-self-start" onClick={onClose}>
            {t("do.close")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("account.invitations.make")} onClose={onClose}>
      <Form sending={sending} action={t("account.invitations.make")}>
        <TextField
          label={`${t("identity.email")} (${t("say.optional")})`}
          hint={t(letters ? "account.invitations.email.mailed" : "account.invitations.email.hand")}
          type="email"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={sending.of("email")}
        />
        {mayMakeAdmins && (
          <SelectField
            label={t("account.role")}
            hint={t("account.role.hint")}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as typeof role)}
            error={sending.of("role")}
          >
            <option value="user">{t("account.role.user")}</option>
            <option value="admin">{t("account.role.admin")}</option>
          </SelectField>
        )}
      </Form>
    </Dialog>
  );
}
