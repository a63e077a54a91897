import { useState } from "react";
import { answer, api } from "../../api/client";
import { useInstance } from "../../data/instance";
import { useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { Form, useSending } from "./parts/form";
import { Gate } from "./parts/gate";
import { EmailField } from "./parts/who-fields";

export default function ForgotPage() {
  const { t } = useText();
  const instance = useInstance();
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState<string>();
  const sending = useSending({
    fields: ["email"],
    check: () => ({ email: email.trim() === "" ? t("say.required") : undefined }),
    send: async () => {
      await answer(api.POST("/v1/password/forgot", { body: { email: email.trim() } }));
      setAsked(email.trim());
    },
  });
  const back = (
    <LinkButton to="/sign-in" look="quiet">
      {t("identity.to_sign_in")}
    </LinkButton>
  );
  if (asked !== undefined) {
    return (
      <Gate title={t("identity.forgot.asked")} below={back}>
        <div role="status" className="grid gap-2">
          <p>{t("identity.forgot.asked.what", { email: asked })}</p>
          <p className="text-quiet">{t("identity.forgot.nothing_came")}</p>
        </div>
      </Gate>
    );
  }
  if (instance?.mail === false) {
    return (
      <Gate title={t("identity.forgot")} below={back}>
        <p>{t("identity.forgot.no_letters")}</p>
      </Gate>
    );
  }
  return (
    <Gate title={t("identity.forgot")} lead={t("identity.forgot.what")} below={back}>
      <Form sending={sending} action={t("identity.forgot.send")} full>
        <EmailField value={email} onValue={setEmail} error={sending.of("email")} />
      </Form>
    </Gate>
  );
}
