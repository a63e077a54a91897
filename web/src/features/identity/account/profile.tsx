import { useState } from "react";
import { answer, api, type Schemas, type UserOut } from "../../../api/client";
import { useInstance } from "../../../data/instance";
import { queries } from "../../../data/query";
import { sessionQuery } from "../../../data/session";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { Form, Trouble, useSending } from "../parts/form";
import { PasswordField } from "../parts/password-field";
import { Section } from "../parts/section";

export function Profile({ user }: { user: UserOut }) {
  const { t } = useText();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email ?? "");
  const [phone, setPhone] = useState(user.phone ?? "");
  const [current, setCurrent] = useState("");
  // Where none are sent, nobody can show that an address is theirs.
  const letters = useInstance()?.mail !== false;
  const otherEmail = email.trim() !== (user.email ?? "");
  const needsPassword = otherEmail && user.has_password;
  const sending = useSending({
    fields: needsPassword ? ["name", "email", "phone", "current"] : ["name", "email", "phone"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      current: needsPassword && current === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body: Schemas["UserPatch"] = {
        ...(name === user.name ? {} : { name }),
        ...(phone.trim() === (user.phone ?? "") ? {} : { phone: phone.trim() || null }),
        ...(otherEmail ? { email: email.trim() || null } : {}),
        ...(needsPassword ? { current } : {}),
      };
      const changed = await answer(api.PATCH("/v1/users/me", { body }));
      queries.setQueryData(sessionQuery.queryKey, changed);
      setName(changed.name);
      setEmail(changed.email ?? "");
      setPhone(changed.phone ?? "");
      setCurrent("");
      toast({ text: t("account.saved") });
    },
  });
  return (
    <Section title={t("account.profile")}>
      {user.email !== null && !user.email_verified && letters && <Unverified email={user.email} />}
      <Form sending={sending} action={t("do.save")}>
        <TextField
          label={t("identity.name")}
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        <TextField
          label={t("identity.email")}
          hint={user.email_verified && !otherEmail ? t("account.verified") : t("account.email.hint")}
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={sending.of("email")}
        />
        {needsPassword && (
          <PasswordField
            label={t("identity.password.current")}
            hint={t("account.email.needs_password")}
            use="current-password"
            value={current}
            onChange={setCurrent}
            error={sending.of("current")}
          />
        )}
        <TextField
          label={`${t("account.phone")} (${t("say.optional")})`}
          hint={t("account.phone.hint")}
          type="tel"
          autoComplete="tel"
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
          error={sending.of("phone")}
        />
      </Form>
    </Section>
  );
}

function Unverified({ email }: { email: string }) {
  const { t } = useText();
  const [sent, setSent] = useState(false);
  const sending = useSending({
    send: async () => {
      await answer(api.POST("/v1/users/me/verification"));
      setSent(true);
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  return (
    <div className="grid gap-2">
      <Notice
        action={
          <Button disabled={sending.pending} onClick={() => sending.submit()}>
            {t(sent ? "account.verify.again" : "account.verify.send")}
          </Button>
        }
      >
        {t(sent ? "account.verify.sent" : "account.unverified", { email })}
      </Notice>
      {sending.trouble !== undefined && <Trouble>{sending.trouble}</Trouble>}
    </div>
  );
}
