import { useState } from "react";
import { answer, api, type Schemas } from "../../api/client";
import { useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { Arrival, type Arriving, useArriving } from "./parts/arrival";
import { Form, useSending } from "./parts/form";
import { Gate, NoLink } from "./parts/gate";
import { Looked } from "./parts/looked";
import { PasswordField } from "./parts/password-field";
import { letGo, useSecret } from "./parts/secret";
import { EmailField, NameField } from "./parts/who-fields";

export default function ResetPage() {
  const { t } = useText();
  const secret = useSecret();
  const arriving = useArriving();
  if (arriving.arrived) return <Arrival next={arriving.next} />;
  const below = (
    <LinkButton to="/forgot" look="quiet">
      {t("identity.another_link")}
    </LinkButton>
  );
  return (
    <Gate title={t("identity.reset")} below={below}>
      {secret?.kind === "ticket" ? (
        <Looked key={secret.text} ticket={secret.text} purpose="reset">
          {(look) => <NewPassword ticket={secret.text} look={look} arrive={arriving.arrive} />}
        </Looked>
      ) : (
        <NoLink />
      )}
    </Gate>
  );
}

function NewPassword({
  ticket,
  look,
  arrive,
}: {
  ticket: string;
  look: Schemas["TicketOut"];
  arrive: Arriving["arrive"];
}) {
  const { t } = useText();
  const { first } = look;
  const owner = first && look.role === "owner";
  const [password, setPassword] = useState("");
  const [name, setName] = useState(owner ? "" : look.name);
  const [email, setEmail] = useState("");
  const sending = useSending({
    fields: first ? ["password", "name", "email"] : ["password"],
    check: () => ({
      name: first && name.trim() === "" ? t("say.required") : undefined,
      email: first && email.trim() === "" ? t("say.required") : undefined,
      password: password === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body = { ticket, password, ...(first ? { name, email: email.trim() } : {}) };
      const user = await answer(api.POST("/v1/password/reset", { body }));
      letGo();
      await arrive(user);
    },
  });
  return (
    <Form sending={sending} action={t("identity.reset.do")} full>
      <p>
        {t(owner ? "identity.reset.owner" : first ? "identity.reset.first" : "identity.reset.whose", {
          name: look.name,
        })}
      </p>
      {first && (
        <>
          <NameField value={name} onValue={setName} error={sending.of("name")} />
          <EmailField value={email} onValue={setEmail} error={sending.of("email")} />
        </>
      )}
      <PasswordField
        label={t("identity.password.new")}
        hint={t("identity.password.rule")}
        use="new-password"
        value={password}
        onChange={setPassword}
        error={sending.of("password")}
      />
    </Form>
  );
}
