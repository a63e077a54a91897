import { useState } from "react";
import type { EventOut, MemberOut } from "../../../api/client";
import { mergeMembers, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { SelectField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { said } from "../said";
import { Step } from "./step";

/** Two members turned out to be one person: one of them stays. */
export function MergeView(props: {
  event: EventOut;
  member: MemberOut;
  guest: boolean;
  onBack: () => void;
  onDone: () => void;
}) {
  const { event, member } = props;
  const text = useText();
  const { t } = text;
  const [into, setInto] = useState("");
  const choices = event.members.filter(
    (each) =>
      each.active &&
      each.member !== member.member &&
      (each.user_id === null || (member.user_id === null && !props.guest)),
  );
  const kept = choices.find((each) => String(each.member) === into);
  const merge = useWrite(
    (target: number, key) => mergeMembers(event.id, member.member, target, key),
    () => {
      toast({ text: t("members.merged", { name: member.name, into: kept?.name ?? "" }) });
      props.onDone();
    },
  );
  return (
    <Step title={t("members.merge.title", { name: member.name })}>
      <p>{t("members.merge.what", { name: member.name })}</p>
      {choices.length === 0 ? (
        <Notice>{t("members.merge.nobody")}</Notice>
      ) : (
        <SelectField
          label={t("members.merge.into")}
          value={into}
          onChange={(chosen) => setInto(chosen.target.value)}
          {...(member.user_id === null ? {} : { hint: t("members.merge.accounts") })}
        >
          <option value="">{t("members.merge.choose")}</option>
          {choices.map((each) => (
            <option key={each.member} value={each.member}>
              {each.name}
            </option>
          ))}
        </SelectField>
      )}
      {kept !== undefined && (
        <Notice tone="warn">{t("members.merge.then", { name: member.name, into: kept.name })}</Notice>
      )}
      {merge.error !== null && <Notice tone="warn">{said(merge.error, text)}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button
          look="danger"
          disabled={kept === undefined || merge.isPending}
          onClick={() => kept !== undefined && merge.mutate(kept.member)}
        >
          {t("members.merge.do")}
        </Button>
        <Button look="quiet" disabled={merge.isPending} onClick={props.onBack}>
          {t("do.back")}
        </Button>
      </div>
    </Step>
  );
}
