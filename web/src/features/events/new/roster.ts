import { useQuery } from "@tanstack/react-query";
import type { Schemas, UserOut } from "../../../api/client";
import { rostersQuery } from "../../../data/members";
import type { Text } from "../../../i18n";
import { addNames, folded, isTooLong } from "../../members/names";
import { refusalOfNames } from "../../members/people-field";
import type { Draft } from "./draft";

export interface Roster {
  groups: readonly Schemas["GroupOut"][];
  group: Schemas["GroupOut"] | undefined;
  /** The group is asked for and not there yet. */
  waiting: boolean;
  inGroup: readonly Schemas["GroupMemberOut"][];
  /** What whoever makes the event is called in it; null where the group has them. */
  me: string | null;
  /** Everybody but those who are typed. */
  others: readonly string[];
}

/** Know who is in an event that is being thought of, beside those who are typed. */
export function useRoster(draft: Draft, user: UserOut): Roster {
  const { data: groups = [], isLoading } = useQuery(rostersQuery);
  const group = groups.find((each) => each.id === draft.groupId);
  const inGroup = (group?.members ?? []).filter((each) => each.active);
  const seated = inGroup.some((each) => each.user_id === user.id);
  const me = seated ? null : (draft.me ?? user.name);
  const others = [...(me === null ? [] : [me]), ...inGroup.map((each) => each.name)];
  return { groups, group, waiting: draft.groupId !== null && isLoading, inGroup, me, others };
}

export interface Wrong {
  name?: string | undefined;
  me?: string | undefined;
  people?: string | undefined;
}

/** Look through a draft before it is sent: what is wrong, who can be added, and which names must be mended first. */
export function checkDraft(draft: Draft, roster: Roster, text: Text) {
  const { t } = text;
  const added = addNames([], roster.others, [...draft.people, draft.typed].join("\n"));
  const wrong: Wrong = { name: wrongName(draft.name, text), people: refusalOfNames(added, text) };
  if (roster.me !== null) {
    const own = folded(roster.me);
    const twice = roster.inGroup.some((each) => folded(each.name) === own);
    wrong.me = wrongName(roster.me, text) ?? (twice ? t("newevent.me.twice") : undefined);
  }
  const good = Object.values(wrong).every((each) => each === undefined);
  return { wrong, good, people: added.people, left: added.left };
}

function wrongName(name: string, { t }: Text): string | undefined {
  if (name.trim() === "") return t("say.required");
  return isTooLong(name) ? t("members.refused.too_long") : undefined;
}
