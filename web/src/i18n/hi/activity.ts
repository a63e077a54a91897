import type { Texts } from "../catalogue";
import type { activity as source } from "../en/activity";

export const activity: Texts<typeof source> = {};
