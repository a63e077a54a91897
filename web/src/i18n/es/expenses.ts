import type { Texts } from "../catalogue";
import type { expenses as source } from "../en/expenses";

export const expenses: Texts<typeof source> = {};
