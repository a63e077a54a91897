import { useQuery } from "@tanstack/react-query";
import type { EventOut, MemberOut } from "../../../api/client";
import { removeMember, standingsQuery, useWrite } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button, LinkButton } from "../../../ui/button";
import { Money } from "../../../ui/money";
import { Notice } from "../../../ui/parts";
import { tabPath } from "../../events/tabs";
import { said } from "../said";
import { Step } from "./step";

/** End somebody's part, or one's own: only who is square may go, so what is open is shown first. */
export function RemoveView(props: {
  event: EventOut;
  member: MemberOut;
  isSelf: boolean;
  onBack: () => void;
  onDone: () => void;
  onMerge?: () => void;
}) {
  const { event, member, isSelf } = props;
  const text = useText();
  const { t } = text;
  const positions = useQuery(standingsQuery(event.id));
  const open = (positions.data ?? []).filter((each) => each.member === member.member && !/^-?[0.]+$/.test(each.net));
  const remove = useWrite((_: null, key) => removeMember(event.id, member.member, key), props.onDone);
  const alone = isSelf && !event.members.some((each) => each.active && each.member !== member.member);
  const title = isSelf
    ? t("members.leave.title", { event: event.name })
    : t("members.remove.title", { name: member.name });
  return (
    <Step title={title}>
      <p>{isSelf ? t("members.leave.what") : t("members.remove.what", { name: member.name })}</p>
      {alone && <Notice tone="warn">{t("members.leave.last")}</Notice>}
      {open.length > 0 && (
        <Notice
          tone="warn"
          action={
            <LinkButton to={tabPath(event.id, "settle")} className="text-ink">
              {t("members.not_square.settle")}
            </LinkButton>
          }
        >
          <p>{isSelf ? t("members.not_square.self") : t("members.not_square", { name: member.name })}</p>
          <ul>
            {open.map((each) => (
              <li key={each.currency}>
                {t(each.net.startsWith("-") ? "members.owes" : "members.is_owed")}{" "}
                <Money amount={each.net} currency={each.currency} sign="never" />
              </li>
            ))}
          </ul>
          {props.onMerge !== undefined && !isSelf && <p>{t("members.not_square.merge")}</p>}
        </Notice>
      )}
      {remove.error !== null && <Notice tone="warn">{said(remove.error, text)}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button
          look="danger"
          disabled={open.length > 0 || positions.isLoading || remove.isPending}
          onClick={() => remove.mutate(null)}
        >
          {isSelf ? t("members.leave.do") : t("members.remove.do")}
        </Button>
        {open.length > 0 && props.onMerge !== undefined && !isSelf && (
          <Button onClick={props.onMerge}>{t("members.merge")}</Button>
        )}
        <Button look="quiet" disabled={remove.isPending} onClick={props.onBack}>
          {t("do.back")}
        </Button>
      </div>
    </Step>
  );
}
