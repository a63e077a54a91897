import type { Texts } from "../catalogue";
import type { balances as source } from "../en/balances";

export const balances: Texts<typeof source> = {};
