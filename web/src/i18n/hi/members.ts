import type { Texts } from "../catalogue";
import type { members as source } from "../en/members";

export const members: Texts<typeof source> = {};
