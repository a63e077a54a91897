import { expect, test, vi } from "vitest";
import type { Waiting } from "./outbox/waiting";

test("where the browser keeps nothing, memory does until the page is closed", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const { isLasting, store } = await import("./store");
  const database = await store();
  expect(isLasting()).toBe(false);
  await database.put("seats", { event_id: "e", member: 2, role: "member", name: "Trip" });
  for (const key of ["one", "two"]) await database.add("outbox", { key } as Waiting);
  const [first, second] = await database.getAll("outbox");
  await database.put("outbox", { ...first, attempted: true } as Waiting);
  await database.delete("outbox", second?.order ?? 0);
  expect(await database.getAll("outbox")).toEqual([{ key: "one", order: 1, attempted: true }]);
  expect(await database.get("seats", "e")).toMatchObject({ member: 2 });
  await database.put("kept", { key: "k", data: 1, at: 0 });
  expect(await database.getAllKeys("kept")).toEqual(["k"]);
  await database.clear("kept");
  expect(await database.getAll("kept")).toEqual([]);
});
