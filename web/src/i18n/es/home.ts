import type { Texts } from "../catalogue";
import type { home as source } from "../en/home";

export const home: Texts<typeof source> = {};
