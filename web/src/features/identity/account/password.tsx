import { useState } from "react";
import { answer, api, type UserOut } from "../../../api/client";
import { queries } from "../../../data/query";
import { sessionQuery } from "../../../data/session";
import { useText } from "../../../i18n";
import { toast } from "../../../ui/toast";
import { Form, useSending } from "../parts/form";
import { PasswordField } from "../parts/password-field";
import { Section } from "../parts/section";

export function Password({ user }: { user: UserOut }) {
  const { t } = useText();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending({
    fields: ["current", "new"],
    check: () => ({
      current: user.has_password && current === "" ? t("say.required") : undefined,
      new: password === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body = { new: password, ...(user.has_password ? { current } : {}) };
      await answer(api.PUT("/v1/users/me/password", { body }));
      setCurrent("");
      setPassword("");
      toast({ text: t("account.password.changed") });
      await Promise.all(
        [sessionQuery.queryKey, ["sessions"], ["tokens"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
  return (
    <Section title={t("identity.password")} lead={t("account.password.what")}>
      <Form sending={sending} action={t(user.has_password ? "account.password.change" : "account.password.set")}>
        {/* For programs that keep passwords: whose it is. */}
        <input type="text" autoComplete="username" value={user.email ?? user.name} readOnly hidden />
        {user.has_password && (
          <PasswordField
            label={t("identity.password.current")}
            use="current-password"
            value={current}
            onChange={setCurrent}
            error={sending.of("current")}
          />
        )}
        <PasswordField
          label={t("identity.password.new")}
          hint={t("identity.password.rule")}
          use="new-password"
          value={password}
          onChange={setPassword}
          error={sending.of("new")}
        />
      </Form>
    </Section>
  );
}
