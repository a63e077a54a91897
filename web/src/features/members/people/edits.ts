import type { EventOut, MemberOut } from "../../../api/client";
import type { Role } from "../../../data/events";
import type { MemberPatch } from "../../../data/members";
import type { Text } from "../../../i18n";
import { folded, isTooLong } from "../names";
import { weightOf } from "./weight";

/** What was touched of a member, as it was typed. */
export interface Edits {
  name?: string;
  role?: Role;
  weight?: string;
  payment?: MemberOut["payment"];
}

export interface Problems {
  name?: string | undefined;
  weight?: string | undefined;
}

/** Read what was touched as a change of the member, and say what of it can't be read. */
export function patchOf(edits: Edits, event: EventOut, member: MemberOut, text: Text) {
  const patch: MemberPatch = {};
  const problems: Problems = {};
  if (edits.name !== undefined && edits.name.trim() !== member.name) {
    patch.name = edits.name.trim();
    problems.name = wrongName(edits.name, event, member, text);
  }
  if (edits.weight !== undefined) {
    const weight = weightOf(edits.weight, text.locale);
    if (weight === null) problems.weight = text.t("members.refused.weight");
    else if (Number(weight) !== Number(member.weight)) patch.weight = weight;
  }
  if (edits.role !== undefined && edits.role !== member.role) patch.role = edits.role;
  if (edits.payment !== undefined) patch.payment = edits.payment;
  return { patch, problems };
}

function wrongName(name: string, event: EventOut, member: MemberOut, { t }: Text): string | undefined {
  if (name.trim() === "") return t("say.required");
  if (isTooLong(name)) return t("members.refused.too_long");
  const others = event.members.filter((each) => each.active && each.member !== member.member);
  return others.some((each) => folded(each.name) === folded(name)) ? t("members.refused.name_taken") : undefined;
}
