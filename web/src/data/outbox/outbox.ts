/** Send what waits, in order, exactly once each: offline it stays, and what is refused is kept until somebody mends it. */

import { Refused, Unreachable } from "../../api/client";
import { newId } from "../../api/ids";
import { store } from "../store";
import { fold, follow } from "./fold";
import { type Sent, send } from "./send";
import { type Change, type Trouble, thingOf, type Waiting } from "./waiting";

const AGAIN_AFTER_MS = [1_000, 3_000, 10_000, 30_000];
/** Refusals that say nothing about the change itself: it is sent again as it is. */
const COMES_BACK = new Set([401, 408, 425, 429]);

type Listener = () => void;
type Delivered = (waiting: Waiting, sent: Sent) => void;

export class Outbox {
  private waiting: readonly Waiting[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly delivered = new Set<Delivered>();
  private readonly neighbours = new BroadcastChannel("allsquare.outbox");
  private running: Promise<void> | undefined;
  private wanted = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private deliver: typeof send;

  constructor(deliver: typeof send = send) {
    this.deliver = deliver;
    this.neighbours.onmessage = () => void this.load();
  }

  /** Begin: read what waited since last time, and send it. */
  async start(): Promise<void> {
    await this.load();
    globalThis.addEventListener?.("online", () => this.wake());
    this.wake();
  }

  /** What the device says; it may be wrong about the server, never about itself. */
  isOnline = (): boolean => navigator.onLine !== false;

  snapshot = (): readonly Waiting[] => this.waiting;

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
    await this.changing(async () => {
      const database = await store();
      const all = await database.getAll("outbox");
      const former = all.findLast((each) => each.event_id === eventId && each.change.id === change.id);
      const fresh = { key: newId(), event_id: eventId, at: Date.now() };
      const folded = former === undefined || former.attempted ? undefined : fold(former.change, change);
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
        await database.put("outbox", { order, key: newId(), event_id: former.event_id, at: former.at, change });
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
        const next = await this.changing(() => this.takeNext());
        if (next === undefined || !(await this.tryOne(next))) break;
      }
    }
    await this.changed();
  }

  /** Choose what is sent next, and write down that the server may have it from now on. */
  private async takeNext(): Promise<Waiting | undefined> {
    const database = await store();
    const all = await database.getAll("outbox");
    const next = all.find((each) => each.trouble === undefined && !blocked(all, each));
    if (next !== undefined) await database.put("outbox", { ...next, attempted: true });
    return next;
  }

  /** Send one; tell whether the next may be tried. */
  private async tryOne(next: Waiting): Promise<boolean> {
    try {
      const sent = await this.deliver(next);
      await this.changing(async () => (await store()).delete("outbox", next.order));
      this.failures = 0;
      for (const heard of this.delivered) heard(next, sent);
      await this.changed();
      return true;
    } catch (error) {
      if (error instanceof Refused && !COMES_BACK.has(error.status)) {
        const trouble = troubleOf(error);
        await this.changing(async () => (await store()).put("outbox", { ...next, attempted: true, trouble }));
        await this.changed();
        return true;
      }
      if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
      this.tryLater();
      return false;
    }
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
    this.waiting = await (await store()).getAll("outbox");
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

function troubleOf(error: Refused): Trouble {
  const kind = error.code === "expense.version_conflict" ? "conflict" : "refused";
  return { kind, code: error.code, detail: error.message, problem: error.problem };
}

export const outbox = new Outbox();
