import type { UserOut } from "../../api/client";
import type { GroupOut } from "./queries";

interface Roster {
  members: { name: string; user_id: string | null; active: boolean }[];
}

/** Accounts that somebody shares a roster with and that are not in a group yet, by name. */
export function knownPeople(
  rosters: readonly Roster[],
  group: GroupOut,
  user: UserOut,
): { id: string; name: string }[] {
  const taken = new Set(group.members.filter((member) => member.active).map((member) => member.user_id));
  const found = new Map<string, string>();
  for (const { members } of rosters) {
    for (const { user_id, name, active } of members) {
      if (!active || user_id === null || user_id === user.id || taken.has(user_id)) continue;
      if (!found.has(user_id)) found.set(user_id, name);
    }
  }
  return [...found].map(([id, name]) => ({ id, name })).sort((one, other) => one.name.localeCompare(other.name));
}
