import { activity } from "./activity";
import { balances } from "./balances";
import { common } from "./common";
import { events } from "./events";
import { expenses } from "./expenses";
import { groups } from "./groups";
import { home } from "./home";
import { identity } from "./identity";
import { members } from "./members";
import { settling } from "./settling";

export const catalogue = {
  ...activity,
  ...balances,
  ...common,
  ...events,
  ...expenses,
  ...groups,
  ...home,
  ...identity,
  ...members,
  ...settling,
};
