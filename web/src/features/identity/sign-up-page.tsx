import { useState } from "react";
import { answer, api, Refused } from "../../api/client";
import { useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/parts";
import { AlreadyIn, Arrival, useArriving } from "./parts/arrival";
import { Form, useSending } from "./parts/form";
import { Gate } from "./parts/gate";
import { doorPath } from "./parts/next";
import { PasswordField } from "./parts/password-field";
import { letGo, useSecret } from "./parts/secret";

const BY_INVITATION = new Set(["user.invitation_needed", "user.sign_up_closed"]);

export default function SignUpPage() {
  const { t } = useText();
  const arriving = useArriving();
  const secret = useSecret();
  const invite = secret?.kind === "invite" ? secret.text : undefined;
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending({
    fields: ["name", "email", "password"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      email: email.trim() === "" ? t("say.required") : undefined,
      password: password === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body = { name, email: email.trim(), password, ...(invite === undefined ? {} : { invite }) };
      const user = await answer(api.POST("/v1/users", { body }));
      if (invite !== undefined) letGo();
      await arriving.arrive(user);
    },
  });
  if (arriving.arrived) return <Arrival next={arriving.next} />;
  const refused = sending.error instanceof Refused && BY_INVITATION.has(sending.error.code);
  return (
    <Gate
      title={t("identity.sign_up")}
      lead={t(invite === undefined ? "identity.sign_up.what" : "identity.sign_up.invited")}
      below={
        <LinkButton to={doorPath("/sign-in", arriving.next)} look="quiet">
          {t("identity.account_already")}
        </LinkButton>
      }
    >
      {!sending.pending && <AlreadyIn next={arriving.next} />}
      <Form sending={sending} action={t("identity.sign_up")} full>
        <TextField
          label={t("identity.name")}
          hint={t("identity.name.hint")}
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        <TextField
          label={t("identity.email")}
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={sending.of("email")}
        />
        <PasswordField
          label={t("identity.password")}
          hint={t("identity.password.rule")}
          use="new-password"
          value={password}
          onChange={setPassword}
          error={sending.of("password")}
        />
      </Form>
      {refused && (
        <div className="mt-4">
          <Notice>{t("identity.sign_up.ask")}</Notice>
        </div>
      )}
    </Gate>
  );
}
