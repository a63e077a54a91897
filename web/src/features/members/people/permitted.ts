import type { EventOut, MemberOut } from "../../../api/client";
import type { Standing } from "../../../data/members";

export interface Permitted {
  isSelf: boolean;
  /** Name and payment details. */
  edit: boolean;
  role: boolean;
  weight: boolean;
  merge: boolean;
  remove: boolean;
  /** A guest may not touch the role or the seat of a member who has an account. */
  accountGuarded: boolean;
}

/** Tell what whoever looks may do with a member, as docs/guides/permissions.md has it; the server has the last word. */
export function may(event: EventOut, member: MemberOut, standing: Standing): Permitted {
  const isSelf = standing.self?.member === member.member;
  const changeable = event.status !== "archived";
  const admin = changeable && standing.role === "admin";
  const accountGuarded = admin && standing.guest && member.user_id !== null && !isSelf;
  const joinable = changeable && event.kind !== "direct" && member.active;
  const manage = admin && !accountGuarded;
  return {
    isSelf,
    edit: admin || (changeable && isSelf),
    role: manage && joinable,
    weight: admin && member.active,
    merge: manage && joinable && (event.status === "new" || event.status === "active"),
    remove: joinable && (isSelf || manage),
    accountGuarded,
  };
}
