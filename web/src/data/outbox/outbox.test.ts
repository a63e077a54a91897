import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { type ExpenseIn, type ExpenseOut, Refused, Unreachable } from "../../api/client";
import { store } from "../store";
import { Outbox } from "./outbox";
import type { Sent } from "./send";
import type { Waiting } from "./waiting";
import { seatOwner, type Whose } from "./whose";

const EVENT = "0193a000-0000-7000-8000-000000000001";

function expense(description: string): ExpenseIn {
  return { description, amount: "9.00", currency: "EUR", paid_by: 1, split: { type: "equal", among: [1, 2] } };
}

function known(id: string, version: number): ExpenseOut {
  return { id, version, description: "Known" } as ExpenseOut;
}

function refused(code: string, status: number): Refused {
  return new Refused({ type: "about:blank", title: code, status, code, detail: `${code} happened`, request_id: "1" });
}

/** A server that answers as it is told, and remembers what it was sent. */
class Server {
  readonly sent: Waiting[] = [];
  answer: (waiting: Waiting) => Promise<Sent> = async ({ change }) => ({ deleted: change.id });

  deliver = async (waiting: Waiting): Promise<Sent> => {
    this.sent.push(waiting);
    return this.answer(waiting);
  };
}

/** Somebody in front of the device, and what the server takes them for, which may not be known here yet. */
class Somebody implements Whose {
  here: string | undefined;
  there: string | undefined;
  private readonly heard = new Set<() => void>();

  constructor(here: string) {
    this.here = here;
    this.there = here;
  }

  known = async () => this.here;
  sure = async () => this.there;
  doubt = () => {};
  onChange = (heard: () => void) => void this.heard.add(heard);

  become(next: string | undefined): void {
    this.here = next;
    this.there = next;
    for (const heard of this.heard) heard();
  }
}

const asha = new Somebody("asha");

async function settled(outbox: Outbox): Promise<void> {
  // The queue works in the background, one request after the other: it is done when nothing changes any more.
  let before = "";
  for (let still = 0; still < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const now = JSON.stringify(outbox.snapshot());
    still = now === before ? still + 1 : 0;
    before = now;
  }
}

beforeEach(async () => {
  await (await store()).clear("outbox");
});

test("what is added is sent once and then forgotten", async () => {
  const server = new Server();
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await settled(outbox);
  expect(server.sent.map((each) => each.change.id)).toEqual(["a"]);
  expect(outbox.snapshot()).toEqual([]);
});

test("offline, five expenses wait in order; back online, each is sent once under the key it always had", async () => {
  const server = new Server();
  server.answer = () => Promise.reject(new Unreachable());
  const outbox = new Outbox(server.deliver, asha);
  for (const id of ["a", "b", "c", "d", "e"]) await outbox.put(EVENT, { kind: "expense.add", id, body: expense(id) });
  await settled(outbox);
  const keys = outbox.snapshot().map((each) => each.key);
  expect(keys).toHaveLength(5);
  server.sent.length = 0;
  server.answer = async ({ change }) => ({ deleted: change.id });
  outbox.wake();
  await settled(outbox);
  expect(server.sent.map((each) => each.change.id)).toEqual(["a", "b", "c", "d", "e"]);
  expect(server.sent.map((each) => each.key)).toEqual(keys);
  expect(outbox.snapshot()).toEqual([]);
});

test("an expense that was never sent takes its edit along, and goes without a trace when it is deleted", async () => {
  const server = new Server();
  const outbox = new Outbox(server.deliver, asha);
  outbox.isOnline = () => false;
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await outbox.put(EVENT, { kind: "expense.edit", id: "a", body: expense("Coffee"), version: 1, base: known("a", 1) });
  await settled(outbox);
  expect(outbox.snapshot().map(({ change }) => [change.kind, "body" in change && change.body])).toEqual([
    ["expense.add", { ...expense("Coffee"), id: "a" }],
  ]);
  await outbox.put(EVENT, { kind: "expense.delete", id: "a", version: 1, base: known("a", 1) });
  await settled(outbox);
  expect(outbox.snapshot()).toEqual([]);
  expect(server.sent).toEqual([]);
});

test("a change of what may have reached the server goes behind it, based on its result", async () => {
  const server = new Server();
  server.answer = () => Promise.reject(new Unreachable());
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await settled(outbox);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Coffee") });
  await outbox.put(EVENT, { kind: "expense.delete", id: "a", version: 7, base: known("a", 7) });
  await settled(outbox);
  server.sent.length = 0;
  server.answer = async ({ change }) => ({ deleted: change.id });
  outbox.wake();
  await settled(outbox);
  expect(server.sent.map(({ change }) => [change.kind, "version" in change ? change.version : 0])).toEqual([
    ["expense.add", 0],
    ["expense.delete", 1],
  ]);
});

test("something can be added while another one is under way", async () => {
  const server = new Server();
  let free = () => {};
  server.answer = ({ change }) =>
    new Promise((resolve) => {
      free = () => resolve({ deleted: change.id });
    });
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await outbox.put(EVENT, { kind: "expense.edit", id: "a", body: expense("Coffee"), version: 1, base: known("a", 1) });
  expect(outbox.snapshot().map(({ change }) => change.kind)).toEqual(["expense.add", "expense.edit"]);
  free();
  await new Promise((resolve) => setTimeout(resolve, 20));
  free();
  await settled(outbox);
  expect(server.sent.map(({ change }) => change.kind)).toEqual(["expense.add", "expense.edit"]);
});

test("a refusal is kept with its reason and holds up nothing else", async () => {
  const server = new Server();
  server.answer = async ({ change }) => {
    if (change.id === "a") throw refused("event.closed", 409);
    return { deleted: change.id };
  };
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await outbox.put(EVENT, { kind: "expense.add", id: "b", body: expense("Rice") });
  await settled(outbox);
  expect(outbox.snapshot().map((each) => [each.change.id, each.trouble?.kind, each.trouble?.code])).toEqual([
    ["a", "refused", "event.closed"],
  ]);
  expect(server.sent.map((each) => each.change.id)).toEqual(["a", "b"]);
});

test("a stale edit is a conflict, is not sent again by itself, and goes under a new key once mended", async () => {
  const server = new Server();
  server.answer = () => Promise.reject(refused("expense.version_conflict", 409));
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.edit", id: "a", body: expense("Mine"), version: 1, base: known("a", 1) });
  await settled(outbox);
  const [stuck] = outbox.snapshot();
  expect(stuck?.trouble?.kind).toBe("conflict");
  outbox.wake();
  await settled(outbox);
  expect(server.sent).toHaveLength(1);
  server.answer = async ({ change }) => ({ deleted: change.id });
  const mended = { kind: "expense.edit", id: "a", body: expense("Both"), version: 2, base: known("a", 2) } as const;
  await outbox.mend(stuck?.order ?? 0, mended);
  await settled(outbox);
  expect(server.sent.at(-1)?.change).toEqual(mended);
  expect(server.sent.at(-1)?.key).not.toBe(stuck?.key);
  expect(outbox.snapshot()).toEqual([]);
});

test("too many requests, a sign-in that ended, or a server in trouble are waited for and refuse nothing", async () => {
  for (const status of [401, 429, 503]) {
    const server = new Server();
    server.answer = () => Promise.reject(refused("later", status));
    const outbox = new Outbox(server.deliver, asha);
    await outbox.put(EVENT, { kind: "expense.add", id: `a${status}`, body: expense("Tea") });
    await settled(outbox);
    expect(outbox.snapshot().at(-1)?.trouble).toBeUndefined();
  }
});

test("two tabs over one queue send nothing twice", async () => {
  const server = new Server();
  let free = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  server.answer = async ({ change }) => {
    await held;
    return { deleted: change.id };
  };
  const one = new Outbox(server.deliver, asha);
  const other = new Outbox(server.deliver, asha);
  await one.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  other.wake();
  free();
  await settled(one);
  await settled(other);
  expect(server.sent.map((each) => each.change.id)).toEqual(["a"]);
});

test("what somebody made is neither seen by nor sent as somebody else, and goes when they are back", async () => {
  const server = new Server();
  const here = new Somebody("asha");
  const outbox = new Outbox(server.deliver, here);
  let online = false;
  outbox.isOnline = () => online;
  await outbox.start();
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  online = true;
  here.become("ben");
  await settled(outbox);
  await outbox.put(EVENT, { kind: "expense.add", id: "b", body: expense("Rice") });
  await settled(outbox);
  expect(server.sent.map((each) => each.change.id)).toEqual(["b"]);
  expect([outbox.snapshot(), outbox.countOthers()]).toEqual([[], 1]);
  here.become("asha");
  await settled(outbox);
  expect(server.sent.map((each) => each.change.id)).toEqual(["b", "a"]);
  expect(outbox.countOthers()).toBe(0);
});

test("nothing is sent where the server takes whoever is here for somebody else", async () => {
  const server = new Server();
  const here = new Somebody("asha");
  const outbox = new Outbox(server.deliver, here);
  here.there = undefined;
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await settled(outbox);
  expect(server.sent).toEqual([]);
  expect(outbox.snapshot()).toHaveLength(1);
});

test("two people's changes of one thing stay two", async () => {
  const server = new Server();
  const here = new Somebody("asha");
  const outbox = new Outbox(server.deliver, here);
  outbox.isOnline = () => false;
  const edit = { kind: "expense.edit", id: "a", version: 1, base: known("a", 1) } as const;
  await outbox.put(EVENT, { ...edit, body: expense("Asha's") });
  here.become("ben");
  await outbox.put(EVENT, { ...edit, body: expense("Ben's") });
  const all = await (await store()).getAll("outbox");
  expect(all.map((each) => [each.by, "body" in each.change && each.change.body])).toEqual([
    ["asha", expense("Asha's")],
    ["ben", expense("Ben's")],
  ]);
});

test("what a guest left unsent is of the account that takes their seat over", async () => {
  const server = new Server();
  const here = new Somebody(seatOwner(EVENT, 2));
  const outbox = new Outbox(server.deliver, here);
  outbox.isOnline = () => here.here === "ben";
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  here.become("ben");
  await outbox.inherit(EVENT, seatOwner(EVENT, 2), "ben");
  await settled(outbox);
  expect(server.sent.map((each) => [each.change.id, each.by])).toEqual([["a", "ben"]]);
});

test("what follows on something refused takes its place, and is not held up by it", async () => {
  const server = new Server();
  server.answer = () => Promise.reject(refused("event.closed", 409));
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.add", id: "a", body: expense("Tea") });
  await outbox.put(EVENT, { kind: "expense.edit", id: "b", body: expense("Rice"), version: 1, base: known("b", 1) });
  await settled(outbox);
  await outbox.put(EVENT, { kind: "expense.delete", id: "a", version: 1, base: known("a", 1) });
  server.answer = async ({ change }) => ({ deleted: change.id });
  await outbox.put(EVENT, { kind: "expense.delete", id: "b", version: 1, base: known("b", 1) });
  await settled(outbox);
  expect(server.sent.map(({ change }) => [change.kind, change.id])).toEqual([
    ["expense.add", "a"],
    ["expense.edit", "b"],
    ["expense.delete", "b"],
  ]);
  expect(outbox.snapshot()).toEqual([]);
});

test("to delete what is deleted already is done, to edit it is for a person to decide", async () => {
  const server = new Server();
  const answers: Record<string, Refused> = { a: refused("expense.deleted", 409), b: refused("expense.deleted", 409) };
  answers.c = refused("expense.version_conflict", 409);
  answers.c.problem.current = { ...known("c", 3), deleted: true };
  server.answer = ({ change }) => Promise.reject(answers[change.id]);
  const outbox = new Outbox(server.deliver, asha);
  await outbox.put(EVENT, { kind: "expense.delete", id: "a", version: 1, base: known("a", 1) });
  await outbox.put(EVENT, { kind: "expense.edit", id: "b", body: expense("Rice"), version: 1, base: known("b", 1) });
  await settled(outbox);
  await outbox.put(EVENT, { kind: "expense.delete", id: "c", version: 1, base: known("c", 1) });
  await settled(outbox);
  expect(outbox.snapshot().map((each) => [each.change.id, each.trouble?.kind])).toEqual([["b", "conflict"]]);
});
