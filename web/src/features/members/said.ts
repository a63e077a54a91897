/** Say in the reader's language the refusals that people meet where members, links and events are kept. */
import { Refused } from "../../api/client";
import type { Key, Text } from "../../i18n";
import { wording } from "../../ui/wording";

const KNOWN: Readonly<Record<string, Key>> = {
  "member.name_taken": "members.refused.name_taken",
  "member.duplicate_name": "members.refused.name_taken",
  "member.too_many": "members.refused.too_many",
  "member.not_square": "members.refused.not_square",
  "member.last_admin": "members.refused.last_admin",
  "member.gone": "members.refused.gone",
  "member.inactive": "members.refused.gone",
  "member.forgotten": "members.refused.forgotten",
  "member.weight": "members.refused.weight",
  "member.seat_twice": "members.refused.two_accounts",
  "member.merge_raced": "members.refused.raced",
  "split.decimal_invalid": "members.refused.weight",
  "text.too_long": "members.refused.too_long",
  "text.empty": "say.required",
  "text.unprintable": "members.refused.unprintable",
  "event.closed": "members.refused.closed",
  "event.direct": "settings.direct",
  "event.in_use": "danger.delete.not_yet",
  "event.not_cleared": "danger.archive.not_yet",
  "event.version_conflict": "settings.conflict",
  "access.role": "members.refused.role",
  "user.email_invalid": "links.refused.email",
};

export function said(error: unknown, text: Text): string {
  const key = error instanceof Refused && error.status !== 429 ? KNOWN[error.code] : undefined;
  return key === undefined ? wording(error, text) : text.t(key);
}

/** Say what is wrong with one field, if anything. */
export function refusedField(error: unknown, field: string, text: Text): string | undefined {
  const found = error instanceof Refused ? error.of(field) : undefined;
  if (found === undefined) return undefined;
  return error instanceof Refused && KNOWN[error.code] !== undefined ? said(error, text) : found;
}
