import { useState } from "react";
import { useLocation } from "wouter";
import { answer, api, Refused, type UserOut } from "../../../api/client";
import { useOutbox } from "../../../data/outbox/use-outbox";
import { useText } from "../../../i18n";
import { Button, buttonClass } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { CheckField } from "../../../ui/field";
import { Money } from "../../../ui/money";
import { Notice } from "../../../ui/parts";
import { Form, Trouble, useSending } from "../parts/form";
import { PasswordField } from "../parts/password-field";
import { Section } from "../parts/section";
import { forgetHere, signOutHere } from "../parts/signing-out";

/** What is kept about somebody, and the ways out: of this device, and for good. */
export function Leaving({ user }: { user: UserOut }) {
  const { t, count } = useText();
  const [, go] = useLocation();
  const [deleting, setDeleting] = useState(false);
  const waiting = useOutbox().length;
  const signingOut = useSending({
    send: async () => {
      await signOutHere();
      go("/");
    },
  });
  return (
    <>
      <Section title={t("account.data")} lead={t("account.data.what")}>
        <a href="/v1/users/me/export" download="allsquare.zip" className={buttonClass("plain", "justify-self-start")}>
          {t("account.export")}
        </a>
      </Section>
      <Section title={t("account.leaving")}>
        {waiting > 0 && <Notice tone="warn">{count("account.sign_out.waiting", waiting)}</Notice>}
        {signingOut.trouble !== undefined && <Trouble>{signingOut.trouble}</Trouble>}
        <div className="flex flex-wrap gap-2">
          <Button disabled={signingOut.pending} onClick={() => signingOut.submit()}>
            {t("account.sign_out_here")}
          </Button>
          {user.role !== "owner" && (
            <Button look="danger" onClick={() => setDeleting(true)}>
              {t("account.delete")}
            </Button>
          )}
        </div>
        {user.role === "owner" && <p className="text-sm text-quiet">{t("account.delete.owner")}</p>}
      </Section>
      {deleting && <DeleteAccount user={user} onClose={() => setDeleting(false)} />}
    </>
  );
}

interface OpenMoney {
  event_id: string;
  event: string;
  currency: string;
  net: string;
}

function DeleteAccount({ user, onClose }: { user: UserOut; onClose: () => void }) {
  const { t } = useText();
  const [, go] = useLocation();
  const [password, setPassword] = useState("");
  const [open, setOpen] = useState<OpenMoney[]>([]);
  const [confirm, setConfirm] = useState(false);
  const sending = useSending({
    fields: ["password"],
    check: () => ({ password: user.has_password && password === "" ? t("say.required") : undefined }),
    send: async () => {
      const body = { confirm, ...(user.has_password ? { password } : {}) };
      try {
        await answer(api.DELETE("/v1/users/me", { body }));
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "user.money_open") throw error;
        setOpen(error.problem.current as OpenMoney[]);
        return;
      }
      await forgetHere();
      go("/", { replace: true });
    },
  });
  return (
    <Dialog title={t("account.delete")} onClose={onClose}>
      <Form
        sending={sending}
        action={t("account.delete.do")}
        danger
        more={<Button onClick={onClose}>{t("do.cancel")}</Button>}
      >
        <p>{t("account.delete.what")}</p>
        {user.has_password && (
          <PasswordField
            label={t("identity.password.current")}
            use="current-password"
            value={password}
            onChange={setPassword}
            error={sending.of("password")}
          />
        )}
        {open.length > 0 && <StillOpen open={open} confirm={confirm} setConfirm={setConfirm} />}
      </Form>
    </Dialog>
  );
}

function StillOpen(props: { open: OpenMoney[]; confirm: boolean; setConfirm: (yes: boolean) => void }) {
  const { t } = useText();
  return (
    <div className="grid gap-2">
      <div role="alert" className="rounded-card bg-warn-tint px-4 py-3 text-warn">
        <p className="font-medium">{t("account.delete.open")}</p>
        <ul className="mt-2 grid gap-1">
          {props.open.map((each) => (
            <li key={`${each.event_id}${each.currency}`} className="flex flex-wrap justify-between gap-x-3">
              <span>{each.event}</span>
              <span className="flex gap-1">
                {t(each.net.startsWith("-") ? "account.delete.owe" : "account.delete.owed")}
                <Money amount={each.net} currency={each.currency} sign="never" />
              </span>
            </li>
          ))}
        </ul>
      </div>
      <CheckField
        label={t("account.delete.confirm")}
        checked={props.confirm}
        onChange={(event) => props.setConfirm(event.currentTarget.checked)}
      />
    </div>
  );
}
