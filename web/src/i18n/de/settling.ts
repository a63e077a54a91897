import type { Texts } from "../catalogue";
import type { settling as source } from "../en/settling";

export const settling: Texts<typeof source> = {};
