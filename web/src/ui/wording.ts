import { Refused, Unreachable } from "../api/client";
import type { Text } from "../i18n";

/** Say what went wrong, in words for whoever was about to do it. */
export function wording(error: unknown, { t }: Text): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (error instanceof Refused) return error.status === 429 ? t("error.limited") : error.message;
  return t("app.failed");
}
