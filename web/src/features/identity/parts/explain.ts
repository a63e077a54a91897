/** Say refusals that people meet at the door in their own language; all others are said in the words of the API. */
import { Refused } from "../../../api/client";
import type { Key, Text } from "../../../i18n";
import { wording } from "../../../ui/wording";

const KNOWN: Readonly<Record<string, Key>> = {
  "session.refused": "refused.session",
  "session.not_fresh": "refused.not_fresh",
  "passkey.refused": "refused.passkey",
  "passkey.exists": "refused.passkey_exists",
  "passkey.last": "refused.passkey_last",
  "password.wrong": "refused.password_wrong",
  "password.too_short": "refused.password_short",
  "password.too_long": "refused.password_long",
  "password.common": "refused.password_common",
  "user.email_invalid": "refused.email",
  "user.email_fixed": "refused.email_fixed",
  "user.phone_invalid": "refused.phone",
  "user.sign_up_closed": "refused.sign_up_closed",
  "user.invitation_needed": "refused.invitation_needed",
  "user.mail_not_configured": "refused.no_mail",
  "user.owner": "refused.owner_stays",
  "ticket.not_good": "refused.ticket",
  "token.made_already": "refused.token_made",
  "token.too_many": "refused.token_many",
  "link.not_found": "refused.link_unknown",
  "link.revoked": "refused.link_revoked",
  "link.expired": "refused.link_expired",
  "link.used_up": "refused.link_used_up",
  "member.in_use": "refused.member_in_use",
  "member.name_taken": "refused.name_taken",
  "member.seat_twice": "refused.seat_twice",
  "member.claimed": "refused.member_claimed",
  "guest.not_found": "refused.guest",
  "group.last_admin": "refused.group_last_admin",
  "group.version_conflict": "groups.changed_meanwhile",
  "group.role": "groups.not_allowed",
  "split.decimal_invalid": "members.refused.weight",
  "member.weight": "members.refused.weight",
  "text.empty": "say.required",
  "text.too_long": "members.refused.too_long",
  "text.unprintable": "members.refused.unprintable",
};

/** What is said of a field whose shape alone is wrong, where there is more to say than that. */
const MISSHAPEN: Readonly<Record<string, Key>> = { email: "refused.email", phone: "refused.phone" };

/** Say what went wrong as a whole. */
export function explain(error: unknown, text: Text): string {
  const key = error instanceof Refused && error.status !== 429 ? KNOWN[error.code] : undefined;
  return key === undefined ? wording(error, text) : text.t(key);
}

/** Say what is wrong with one field, if anything is. */
export function explainField(error: unknown, field: string, text: Text): string | undefined {
  if (!(error instanceof Refused)) return undefined;
  const found = error.problem.errors?.find((each) => each.field === field || each.field.startsWith(`${field}.`));
  if (found === undefined) return undefined;
  const key = found.code.startsWith("validation.") ? MISSHAPEN[field] : KNOWN[found.code];
  return key === undefined ? error.of(field) : text.t(key);
}
