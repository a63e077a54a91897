import { type FormEvent, useRef, useState } from "react";
import { type EventLink, type LinkIn, makeLink, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { plainText } from "../../../money/typed";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { SelectField, TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { refusedField, said } from "../said";
import { useFocusOnTrouble } from "../trouble";

const ROLES = ["contributor", "viewer", "admin"] as const satisfies LinkIn["role"][];
/** How long a link is good, in hours. */
const SPANS = { day: 24, week: 7 * 24, month: 30 * 24, year: 365 * 24 } as const;
type Span = keyof typeof SPANS;
const MAX_USES = 100_000;

/** Make a link: what it lets people do, for how long, how many, and perhaps whom it is sent to. */
export function NewLinkDialog(props: { eventId: string; onClose: () => void; onMade: (link: EventLink) => void }) {
  const text = useText();
  const { t } = text;
  const [role, setRole] = useState<LinkIn["role"]>("contributor");
  const [span, setSpan] = useState<Span>("month");
  const [uses, setUses] = useState("");
  const [email, setEmail] = useState("");
  const [tries, setTries] = useState(0);
  const make = useWrite((body: LinkIn, key) => makeLink(props.eventId, body, key), props.onMade);
  const personal = email.trim() !== "";
  const { error } = make;
  const most = personal ? 1 : usesOf(uses);
  const wrongUses = most === undefined ? t("links.refused.uses") : undefined;
  const wrongEmail = personal && !/^\S+@\S+$/.test(email.trim()) ? t("links.refused.email") : undefined;
  const emailError = (tries > 0 ? wrongEmail : undefined) ?? refusedField(error, "email", text);
  const usesError = (tries > 0 ? wrongUses : undefined) ?? refusedField(error, "max_uses", text);
  const form = useRef<HTMLFormElement>(null);
  useFocusOnTrouble(form, tries, error);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (make.isPending) return;
    setTries(tries + 1);
    if (most === undefined || wrongEmail !== undefined) return;
    make.mutate({
      role,
      expires_in_hours: SPANS[span],
      max_uses: most,
      ...(personal ? { email: email.trim() } : {}),
    });
  }

  return (
    <Dialog title={t("links.new")} onClose={props.onClose}>
      <form ref={form} noValidate onSubmit={submit} className="grid gap-4" aria-busy={make.isPending}>
        <SelectField
          label={t("links.role")}
          hint={t(`links.role.${role}.what`)}
          value={role}
          onChange={(chosen) => setRole(chosen.target.value as LinkIn["role"])}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {t(`links.role.${each}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("links.span")} value={span} onChange={(chosen) => setSpan(chosen.target.value as Span)}>
          {(Object.keys(SPANS) as Span[]).map((each) => (
            <option key={each} value={each}>
              {t(`links.span.${each}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          type="email"
          label={`${t("links.email")} (${t("say.optional")})`}
          hint={t("links.email.hint")}
          autoComplete="off"
          value={email}
          onChange={(typed) => setEmail(typed.target.value)}
          error={emailError}
        />
        <TextField
          label={`${t("links.uses")} (${t("say.optional")})`}
          hint={t(personal ? "links.uses.one" : "links.uses.hint")}
          inputMode="numeric"
          autoComplete="off"
          disabled={personal}
          value={personal ? "1" : uses}
          onChange={(typed) => setUses(typed.target.value)}
          error={usesError}
        />
        {error !== null && emailError === undefined && usesError === undefined && (
          <Notice tone="warn">{said(error, text)}</Notice>
        )}
        <Button type="submit" look="primary" disabled={make.isPending} className="sm:justify-self-start">
          {t("links.make")}
        </Button>
      </form>
    </Dialog>
  );
}

/** Read how many may join: null for any number, undefined for what is no number. */
function usesOf(typed: string): number | null | undefined {
  const text = plainText(typed);
  if (text === "") return null;
  const uses = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return uses >= 1 && uses <= MAX_USES ? uses : undefined;
}
