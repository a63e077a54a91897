import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import type { UserOut } from "../../api/client";
import { queries } from "../query";
import { sessionQuery } from "../session";
import { store } from "../store";
import { seatOwner, whose } from "./whose";

const EVENT = "0193a000-0000-7000-8000-000000000001";
const SEAT = { event_id: EVENT, member: 2, role: "member", name: "Trip" } as const;

function become(user: { id: string } | null): void {
  queries.setQueryData(sessionQuery.queryKey, user as UserOut | null);
}

beforeEach(async () => {
  queries.clear();
  await (await store()).clear("seats");
});

test("a change is of the account that is signed in, also where the device has a seat as a guest", async () => {
  become({ id: "asha" });
  await (await store()).put("seats", SEAT);
  expect(await whose.known(EVENT)).toBe("asha");
});

test("without an account it is of the guest's seat in that event alone", async () => {
  become(null);
  await (await store()).put("seats", SEAT);
  expect(await whose.known(EVENT)).toBe(seatOwner(EVENT, 2));
  expect(await whose.known("another")).toBeUndefined();
});

test("until it is known who is here, it is nobody's", async () => {
  await (await store()).put("seats", SEAT);
  expect(await whose.known(EVENT)).toBeUndefined();
});

test("only another person is a change, not that one asks again", () => {
  const heard = vi.fn();
  whose.onChange(heard);
  become({ id: "asha" });
  become({ id: "asha" });
  expect(heard).toHaveBeenCalledTimes(1);
  become(null);
  expect(heard).toHaveBeenCalledTimes(2);
});
