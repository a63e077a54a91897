import { useState } from "react";
import { Link } from "wouter";
import { answer, api } from "../../api/client";
import { useInstance } from "../../data/instance";
import { useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { AlreadyIn, Arrival, type Arriving, useArriving } from "./parts/arrival";
import { Form, Trouble, useSending } from "./parts/form";
import { Gate } from "./parts/gate";
import { doorPath } from "./parts/next";
import { answerByPasskey, NoPasskey, passkeysWork } from "./parts/passkey";
import { PasswordField } from "./parts/password-field";
import { EmailField } from "./parts/who-fields";

export default function SignInPage() {
  const { t } = useText();
  const arriving = useArriving();
  const closed = useInstance()?.sign_up === "closed";
  if (arriving.arrived) return <Arrival next={arriving.next} />;
  return (
    <Gate
      title={t("identity.sign_in")}
      below={
        !closed && (
          <LinkButton to={doorPath("/sign-up", arriving.next)} look="quiet">
            {t("identity.no_account_yet")}
          </LinkButton>
        )
      }
    >
      <ByPassword arriving={arriving} />
      {passkeysWork() && <ByPasskey arriving={arriving} />}
    </Gate>
  );
}

function ByPassword({ arriving }: { arriving: Arriving }) {
  const { t } = useText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending({
    fields: ["email", "password"],
    check: () => ({
      email: email.trim() === "" ? t("say.required") : undefined,
      password: password === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const found = await answer(api.POST("/v1/sessions", { body: { email: email.trim(), password } }));
      await arriving.arrive(found.user);
    },
  });
  return (
    <>
      {!sending.pending && <AlreadyIn next={arriving.next} />}
      <Form sending={sending} action={t("identity.sign_in")} full>
        <EmailField value={email} onValue={setEmail} error={sending.of("email")} />
        <PasswordField
          label={t("identity.password")}
          use="current-password"
          value={password}
          onChange={setPassword}
          error={sending.of("password")}
        />
        <Link href="/forgot" className="inline-flex min-h-11 items-center justify-self-start text-accent">
          {t("identity.forgot")}
        </Link>
      </Form>
    </>
  );
}

function ByPasskey({ arriving }: { arriving: Arriving }) {
  const { t } = useText();
  const [declined, setDeclined] = useState(false);
  const sending = useSending({
    send: async () => {
      setDeclined(false);
      const { public_key } = await answer(api.POST("/v1/sessions/passkey/options"));
      try {
        const credential = await answerByPasskey(public_key);
        const found = await answer(api.POST("/v1/sessions/passkey", { body: { credential } }));
        await arriving.arrive(found.user);
      } catch (error) {
        if (!(error instanceof NoPasskey)) throw error;
        setDeclined(true);
      }
    },
  });
  return (
    <div className="mt-4 grid gap-3 border-t border-line pt-4">
      <Button disabled={sending.pending} onClick={() => sending.submit()}>
        {t("identity.by_passkey")}
      </Button>
      {declined && (
        <p role="status" className="text-sm text-quiet">
          {t("identity.passkey_declined")}
        </p>
      )}
      {sending.trouble !== undefined && <Trouble>{sending.trouble}</Trouble>}
    </div>
  );
}
