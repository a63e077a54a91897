import { memo } from "react";
import type { MemberOut } from "../../../api/client";
import { type Key, useText } from "../../../i18n";
import { ArrowIcon } from "../../../ui/icons";
import { Avatar } from "../../../ui/parts";
import { shownWeight } from "./weight";

/** One member in the list; all the rest of them is behind it. */
export const MemberRow = memo(function MemberRow(props: {
  member: MemberOut;
  isSelf: boolean;
  onOpen: (member: number) => void;
}) {
  const { t, locale } = useText();
  const { member } = props;
  const facts = [
    t(`members.role.${member.role}` as Key),
    t(member.user_id === null ? "members.guest" : "members.account"),
    ...(member.weight === "1" ? [] : [t("members.weight.is", { weight: shownWeight(member.weight, locale) })]),
  ];
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={() => props.onOpen(member.member)}
      className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start hover:bg-sunken -outline-offset-2"
    >
      <Avatar name={member.name} muted={!member.active} />
      <span className="min-w-0 grow">
        <span className={`block ${member.active ? "" : "text-quiet"}`}>
          {member.name}
          {props.isSelf && <span className="ms-2 rounded-md bg-tint px-1.5 py-0.5 text-sm">{t("say.you")}</span>}
        </span>
        <span className="block text-sm text-quiet">{member.active ? facts.join(" · ") : t("members.left")}</span>
      </span>
      <span className="text-quiet">
        <ArrowIcon />
      </span>
    </button>
  );
});
