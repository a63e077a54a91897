import { type FormEvent, useRef, useState } from "react";
import type { EventOut, MemberOut } from "../../../api/client";
import type { Role } from "../../../data/events";
import { changeMember, type MemberPatch, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { SelectField, TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { refusedField, said } from "../said";
import { useFocusOnTrouble } from "../trouble";
import { type Edits, type Problems, patchOf } from "./edits";
import { PaymentFields } from "./payment-fields";
import type { Permitted } from "./permitted";
import { shownWeight } from "./weight";

const ROLES = ["viewer", "member", "admin"] as const;

/** Change what is kept of a member: only what was touched is sent, so that nobody takes back what others changed. */
export function MemberForm(props: { event: EventOut; member: MemberOut; permitted: Permitted; onDone: () => void }) {
  const { event, member, permitted } = props;
  const text = useText();
  const { t, locale } = text;
  const [edits, setEdits] = useState<Edits>({});
  const [tries, setTries] = useState(0);
  const save = useWrite(
    (patch: MemberPatch, key) => changeMember(event.id, member.member, patch, key),
    () => {
      toast({ text: t("members.saved") });
      props.onDone();
    },
  );
  const { patch, problems } = patchOf(edits, event, member, text);
  const wrong: Problems = tries === 0 ? {} : problems;
  const form = useRef<HTMLFormElement>(null);
  useFocusOnTrouble(form, tries, save.error);
  const fieldError = (field: string) => refusedField(save.error, field, text);

  function edit(change: Edits) {
    setEdits({ ...edits, ...change });
    if (save.isError) save.reset();
  }

  function submit(happened: FormEvent) {
    happened.preventDefault();
    if (save.isPending) return;
    setTries(tries + 1);
    if (Object.values(problems).some((each) => each !== undefined)) return;
    if (Object.keys(patch).length === 0) props.onDone();
    else save.mutate(patch);
  }

  const shown = ["name", "role", "weight", "payment"].some((field) => fieldError(field) !== undefined);
  return (
    <form ref={form} noValidate onSubmit={submit} className="grid gap-4" aria-busy={save.isPending}>
      {!member.active && <p>{t("members.left.what")}</p>}
      <TextField
        label={t("members.name")}
        value={edits.name ?? member.name}
        autoComplete="off"
        onChange={(typed) => edit({ name: typed.target.value })}
        error={wrong.name ?? fieldError("name")}
      />
      {permitted.role && (
        <SelectField
          label={t("members.role")}
          hint={t(`members.role.${edits.role ?? member.role}.what`)}
          value={edits.role ?? member.role}
          onChange={(chosen) => edit({ role: chosen.target.value as Role })}
          error={fieldError("role")}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t(`members.role.${role}`)}
            </option>
          ))}
        </SelectField>
      )}
      {permitted.weight && (
        <TextField
          label={t("members.weight")}
          hint={t("members.weight.hint")}
          inputMode="decimal"
          autoComplete="off"
          value={edits.weight ?? shownWeight(member.weight, locale)}
          onChange={(typed) => edit({ weight: typed.target.value })}
          error={wrong.weight ?? fieldError("weight")}
        />
      )}
      <PaymentFields
        isSelf={permitted.isSelf}
        value={edits.payment ?? member.payment}
        onChange={(payment) => edit({ payment })}
        errorOf={(field) => fieldError(`payment.${field}`)}
      />
      {save.error !== null && !shown && <Notice tone="warn">{said(save.error, text)}</Notice>}
      <Button type="submit" look="primary" disabled={save.isPending} className="sm:justify-self-start">
        {t("do.save")}
      </Button>
    </form>
  );
}
