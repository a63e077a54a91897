import type { UserOut } from "../../api/client";
import type { GroupMember, GroupOut, Role } from "./queries";

export interface Standing {
  role: Role;
  own: GroupMember | undefined;
}

/** What somebody may do in a group, and as whom they are in it; the server decides it anew. */
export function standingIn(group: GroupOut, user: UserOut): Standing {
  const own = group.members.find((member) => member.active && member.user_id === user.id);
  return { role: user.role === "owner" ? "admin" : (own?.role ?? "viewer"), own };
}
