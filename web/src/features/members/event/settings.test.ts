import { expect, test } from "vitest";
import type { EventOut } from "../../../api/client";
import { changed, patchOf, settingsOf } from "./settings";

const SETTLE_BY = { strategy: "hub", hub: 2, round_to: "1", pairs: null, costs: [] };

function event(change: Partial<EventOut> = {}): EventOut {
  const known = { name: "Goa", kind: "trip", edit_by: "anyone", simplify: true, settle_by: null };
  return { ...known, ...change } as EventOut;
}

test("without a strategy of its own an event settles by what simplify says", () => {
  expect(settingsOf(event()).way).toBe("fewest");
  expect(settingsOf(event({ simplify: false })).way).toBe("direct");
  expect(settingsOf(event({ settle_by: SETTLE_BY })).way).toBe("hub");
});

test("only what differs is sent", () => {
  expect(changed({ name: " Goa ", kind: "trip" }, event())).toEqual([]);
  expect(patchOf({ name: " Goa 2 ", kind: "trip" }, event())).toEqual({ name: "Goa 2" });
});

test("another way to settle keeps what else its plans keep to", () => {
  const patch = patchOf({ way: "direct" }, event({ settle_by: SETTLE_BY }));
  expect(patch).toEqual({ simplify: false, settle_by: { ...SETTLE_BY, strategy: null, hub: null } });
});

test("a way with a strategy of its own leaves simplify alone", () => {
  expect(patchOf({ way: "hub", hub: 3 }, event())).toEqual({ settle_by: { strategy: "hub", hub: 3 } });
});
