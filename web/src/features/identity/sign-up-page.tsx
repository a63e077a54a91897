import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../../api/client";
import { instanceQuery } from "../../data/instance";
import { type Key, useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { Notice, Skeleton } from "../../ui/parts";
import { AlreadyIn, Arrival, type Arriving, useArriving } from "./parts/arrival";
import { Form, useSending } from "./parts/form";
import { Gate } from "./parts/gate";
import { Looked } from "./parts/looked";
import { doorPath } from "./parts/next";
import { PasswordField } from "./parts/password-field";
import { letGo, useSecret } from "./parts/secret";
import { EmailField, NameField } from "./parts/who-fields";

export default function SignUpPage() {
  const { t } = useText();
  const arriving = useArriving();
  const secret = useSecret();
  const invite = secret?.kind === "invite" ? secret.text : undefined;
  if (arriving.arrived) return <Arrival next={arriving.next} />;
  return (
    <Gate
      title={t("identity.sign_up")}
      lead={invite === undefined ? t("identity.sign_up.what") : undefined}
      below={
        <LinkButton to={doorPath("/sign-in", arriving.next)} look="quiet">
          {t("identity.account_already")}
        </LinkButton>
      }
    >
      <Door invite={invite} arriving={arriving} />
    </Gate>
  );
}

interface Way {
  invite: string | undefined;
  arriving: Arriving;
}

/** The form, for whoever may make an account here; the others are told before they fill it in. */
function Door({ invite, arriving }: Way) {
  const { t } = useText();
  const { data: instance, isPending } = useQuery(instanceQuery);
  if (isPending) return <Skeleton lines={3} />;
  if (instance?.sign_up === "closed") return <Shut why="refused.sign_up_closed" />;
  if (invite === undefined) {
    return instance?.sign_up === "invite" ? (
      <Shut why="refused.invitation_needed" />
    ) : (
      <SignUp invite={invite} arriving={arriving} />
    );
  }
  return (
    <Looked key={invite} ticket={invite} purpose="invite">
      {(look) => (
        <>
          <p className="mb-4">
            {t("identity.sign_up.invited", { name: look.name })}
            {look.role === "admin" && ` ${t("identity.sign_up.admin")}`}
          </p>
          <SignUp invite={invite} arriving={arriving} />
        </>
      )}
    </Looked>
  );
}

function Shut({ why }: { why: Key }) {
  const { t } = useText();
  return (
    <div className="grid gap-4">
      <p>{t(why)}</p>
      <Notice>{t("identity.sign_up.ask")}</Notice>
    </div>
  );
}

function SignUp({ invite, arriving }: Way) {
  const { t } = useText();
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
  return (
    <>
      {!sending.pending && <AlreadyIn next={arriving.next} />}
      <Form sending={sending} action={t("identity.sign_up")} full>
        <NameField value={name} onValue={setName} error={sending.of("name")} />
        <EmailField value={email} onValue={setEmail} error={sending.of("email")} />
        <PasswordField
          label={t("identity.password")}
          hint={t("identity.password.rule")}
          use="new-password"
          value={password}
          onChange={setPassword}
          error={sending.of("password")}
        />
      </Form>
    </>
  );
}
