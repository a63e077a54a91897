/**
 * Send what waits, in order, exactly once each: offline it stays, and what is refused is kept until somebody mends it.
 * What somebody else made on this device stays untouched until they are here again.
 */

import { type ExpenseOut, Refused, Unreachable } from "../../api/client";
import { newId } from "../../api/ids";
import { store } from "../store";
import { fold, follow } from "./fold";
import { type Sent, send } from "./send";
import { type Change, type Trouble, thingOf, type Waiting } from "./waiting";
import { type Owner, type Whose, whose } from "./whose";

const AGAIN_AFTER_MS = [1_000, 3_000, 10_000, 30_000];
/** Refusals that say nothing about the change itself: it is sent again as it is. */
const COMES_BACK = new Set([401, 408, 425, 429, 502, 503, 504]);
const CONFLICTS = new Set(["expense.version_conflict", "expense.deleted"]);

type Listener = () => void;
type Delivered = (waiting: Waiting, sent: Sent) => void;

export class Outbox {
  private waiting: readonly Waiting[] = [];
  private others = 0;
  private readonly listeners = new Set<Listener>();
  private readonly delivered = new Set<Delivered>();
  private readonly neighbours = new BroadcastChannel("allsquare.outbox");
  private running: Promise<void> | undefined;
  private wanted = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly deliver: typeof send;
  private readonly whose: Whose;

  constructor(deliver: typeof send = send, owners: Whose = whose) {
    this.deliver = deliver;
    this.whose = owners;
    this.neighbours.onmessage = () => void this.load();
  }

  /** Begin: read what waited since last time, and send it. */
  async start(): Promise<void> {
    await this.load();
    globalThis.addEventListener?.("online", () => this.wake());
    this.whose.onChange(() => void this.load().then(() => this.wake()));
    this.wake();
  }

  /** What the device says; it may be wrong about the server, never about itself. */
  isOnline = (): boolean => navigator.onLine !== false;

  /** What waits of whoever is here. */
  snapshot = (): readonly Waiting[] => this.waiting;

  /** How much waits of others. */
  countOthers = (): number => this.others;

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  onDelivered(heard: Delivered): () => void {
    this.delivered.add(heard);
    return () => this.delivered.delete(heard);
  }

  /** Take a change; it is safe on this device when this returns. */
  async put(eventId: string, change: Change): Promise<void> {
    const by = (await this.whose.known(eventId)) ?? (await this.whose.sure(eventId));
    if (by === undefined) throw new Error("Nobody is here whose change this could be.");
    await this.changing(async () => {
      const database = await store();
      const fresh = { key: newId(), event_id: eventId, by, at: Date.now() };
      const thing = thingOf({ ...fresh, order: 0, change });
      const former = (await database.getAll("outbox")).findLast((each) => thingOf(each) === thing);
      const folded = former === undefined ? undefined : replace(former, change);
      if (former === undefined) await database.add("outbox", { ...fresh, change } as Waiting);
      else if (folded === undefined)
        await database.add("outbox", { ...fresh, change: follow(former.change, change) } as Waiting);
      else if (folded === null) await database.delete("outbox", former.order);
      else await database.put("outbox", { ...fresh, order: former.order, change: folded });
    });
    await this.changed();
    this.wake();
  }

  /** Put a mended change in the place of one that was refused. */
  async mend(order: number, change: Change): Promise<void> {
    await this.changing(async () => {
      const database = await store();
      const former = await database.get("outbox", order);
      if (former !== undefined) {
        const { event_id, by, at } = former;
        await database.put("outbox", { order, key: newId(), event_id, by, at, change });
      }
    });
    await this.changed();
    this.wake();
  }

  /** Let go of a change that was not sent. */
  async discard(order: number): Promise<void> {
    await this.changing(async () => (await store()).delete("outbox", order));
    await this.changed();
  }

  /** Give somebody what another one made in an event: they are the same, and known by another name now. */
  async inherit(eventId: string, from: Owner, to: Owner): Promise<void> {
    await this.changing(async () => {
      const database = await store();
      for (const each of await database.getAll("outbox")) {
        if (each.event_id === eventId && each.by === from) await database.put("outbox", { ...each, by: to });
      }
    });
    await this.changed();
    this.wake();
  }

  /** Try now, and not only when the time comes. */
  wake(): void {
    clearTimeout(this.timer);
    this.wanted = true;
    this.running ??= this.alone("allsquare.sending", () => this.run()).finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    while (this.wanted) {
      // What is put from here on wants another round, if this one is over by then.
      this.wanted = false;
      while (this.isOnline()) {
        if (!(await this.sendNext())) break;
      }
    }
    await this.changed();
  }

  /** Choose what is sent next: only what is of whoever the server takes us for. */
  private async next(): Promise<Waiting | undefined> {
    for (;;) {
      const found = await this.changing(() => this.find());
      if (found === undefined) return undefined;
      // Asked while others may change the queue: it can take long.
      const by = await this.whose.sure(found.event_id);
      if (by !== found.by) return undefined;
      const taken = await this.changing(() => this.take(found));
      if (taken !== undefined) return taken;
    }
  }

  private async find(): Promise<Waiting | undefined> {
    const mine = await madeHere(await (await store()).getAll("outbox"), this.whose.known);
    return mine.find((each) => each.trouble === undefined && !blocked(mine, each));
  }

  /** Write down that the server may have it from now on; undefined where it was changed meanwhile. */
  private async take(found: Waiting): Promise<Waiting | undefined> {
    const database = await store();
    const now = await database.get("outbox", found.order);
    if (now === undefined || now.key !== found.key) return undefined;
    await database.put("outbox", { ...now, attempted: true });
    return now;
  }

  /** Send one, if there is one; tell whether the next may be tried. */
  private async sendNext(): Promise<boolean> {
    try {
      const next = await this.next();
      if (next === undefined) return false;
      await this.sendOne(next);
      return true;
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
      if (error instanceof Refused && error.status === 401) this.whose.doubt();
      this.tryLater();
      return false;
    }
  }

  private async sendOne(next: Waiting): Promise<void> {
    try {
      const sent = await this.deliver(next);
      await this.changing(async () => (await store()).delete("outbox", next.order));
      for (const heard of this.delivered) heard(next, sent);
    } catch (error) {
      if (!(error instanceof Refused) || comesBack(error)) throw error;
      await this.changing(() => this.putAside(next, error));
    }
    this.failures = 0;
    await this.changed();
  }

  private async putAside(refused: Waiting, error: Refused): Promise<void> {
    const database = await store();
    if (isDone(refused.change, error)) await database.delete("outbox", refused.order);
    else await database.put("outbox", { ...refused, attempted: true, trouble: troubleOf(error) });
  }

  private tryLater(): void {
    const wait = AGAIN_AFTER_MS[Math.min(this.failures, AGAIN_AFTER_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), wait);
  }

  private async changed(): Promise<void> {
    await this.load();
    this.neighbours.postMessage("changed");
  }

  private async load(): Promise<void> {
    const all = await (await store()).getAll("outbox");
    this.waiting = await madeHere(all, this.whose.known);
    this.others = all.length - this.waiting.length;
    for (const listener of this.listeners) listener();
  }

  private changing<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.alone("allsquare.outbox", work);
  }

  /** One tab at a time: two must not send the same, nor change the queue at once. Over plain HTTP there are no locks. */
  private async alone<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    return navigator.locks === undefined ? work() : navigator.locks.request(name, work);
  }
}

/** Tell whether something in front of it concerns the same thing. */
function blocked(all: readonly Waiting[], one: Waiting): boolean {
  return all.some((each) => each.order < one.order && thingOf(each) === thingOf(one));
}

/** Keep what was made by whoever is here, in each event. */
async function madeHere(all: readonly Waiting[], ownerIn: Whose["known"]): Promise<Waiting[]> {
  const owners = new Map<string, Owner | undefined>();
  for (const { event_id } of all) if (!owners.has(event_id)) owners.set(event_id, await ownerIn(event_id));
  return all.filter((each) => owners.get(each.event_id) === each.by);
}

/** Give what stands in the place of a change when another one follows; undefined where that one goes behind it. */
function replace(former: Waiting, later: Change): Change | null | undefined {
  // What was refused did nothing, so what follows can have its place.
  if (former.attempted && former.trouble === undefined) return undefined;
  const folded = fold(former.change, later);
  return folded === undefined && former.trouble !== undefined ? later : folded;
}

/** Tell whether somebody else did already what was asked for. */
function isDone({ kind }: Change, { code, problem }: Refused): boolean {
  const current = problem.current as Partial<ExpenseOut> | null | undefined;
  if (kind === "expense.delete") return code === "expense.deleted" || current?.deleted === true;
  if (kind === "expense.restore") return code === "expense.not_deleted" || current?.deleted === false;
  return false;
}

function comesBack(error: Refused): boolean {
  // Where it is no problem of ours, something on the way answered.
  return COMES_BACK.has(error.status) || error.code === "http";
}

function troubleOf(error: Refused): Trouble {
  const kind = CONFLICTS.has(error.code) ? "conflict" : "refused";
  return { kind, code: error.code, detail: error.message, problem: error.problem };
}

export const outbox = new Outbox();
