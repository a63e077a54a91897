import type { Texts } from "../catalogue";
import type { groups as source } from "../en/groups";

export const groups: Texts<typeof source> = {};
