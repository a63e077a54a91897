import type { EventLink } from "../../../data/members";
import type { Text } from "../../../i18n";

/** Say how many have joined by a link, and of how many. */
export function usesOf(link: EventLink, { t, count, number }: Text): string {
  if (link.max_uses === null) return count("links.used", link.uses);
  return t("links.used_of", { uses: number(link.uses), most: number(link.max_uses) });
}
