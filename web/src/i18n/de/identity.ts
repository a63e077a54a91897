import type { Texts } from "../catalogue";
import type { identity as source } from "../en/identity";

export const identity: Texts<typeof source> = {};
