import { useState } from "react";
import type { UserOut } from "../../api/client";
import { type Key, useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Avatar } from "../../ui/parts";
import { Badge } from "../identity/parts/paged";
import { Section } from "../identity/parts/section";
import { AddMemberDialog } from "./add-member-dialog";
import { MemberDialog } from "./member-dialog";
import type { GroupMember, GroupOut } from "./queries";
import { standingIn } from "./standing";
import { writeWeight } from "./weights";

/** Who is in a group, with what they may do and take of an expense. */
export function Roster({ group, user }: { group: GroupOut; user: UserOut }) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<number>();
  const { role, own } = standingIn(group, user);
  const people = group.members.filter((member) => member.active);
  const chosen = people.find((member) => member.member === changing);
  return (
    <Section
      title={t("groups.people_title")}
      lead={t("groups.people_title.what")}
      action={role !== "viewer" && <Button onClick={() => setAdding(true)}>{t("groups.add")}</Button>}
    >
      <ul className="divide-y divide-line">
        {people.map((member) => (
          <li key={member.member}>
            <Person
              member={member}
              isOwn={member === own}
              {...(role === "admin" || member === own ? { change: () => setChanging(member.member) } : {})}
            />
          </li>
        ))}
      </ul>
      {adding && <AddMemberDialog group={group} user={user} onClose={() => setAdding(false)} />}
      {chosen !== undefined && (
        <MemberDialog group={group} user={user} member={chosen} onClose={() => setChanging(undefined)} />
      )}
    </Section>
  );
}

function Person({ member, isOwn, change }: { member: GroupMember; isOwn: boolean; change?: () => void }) {
  const { t, locale } = useText();
  const said = [
    member.user_id === null ? t("groups.no_account") : t("groups.account"),
    ...(member.weight === "1" ? [] : [t("groups.weight_of", { weight: writeWeight(member.weight, locale) })]),
  ];
  return (
    <div className="flex items-center gap-3 py-3">
      <Avatar name={member.name} />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-medium">{member.name}</span>
          {isOwn && <Badge tone="good">{t("say.you")}</Badge>}
          {member.role !== "member" && <Badge>{t(`members.role.${member.role}` as Key)}</Badge>}
        </p>
        <p className="text-sm text-quiet">{said.join(" · ")}</p>
      </div>
      {change !== undefined && (
        <Button className="shrink-0" aria-label={t("groups.change", { name: member.name })} onClick={change}>
          {t("do.edit")}
        </Button>
      )}
    </div>
  );
}
