/** Keep things on this device, in IndexedDB: what was seen last, and what waits to be sent. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { Memory } from "./memory";
import type { Waiting } from "./outbox/waiting";

export interface Kept {
  key: string;
  data: unknown;
  at: number;
}

/** An event that somebody takes part in on this device as a guest. */
export interface GuestSeat {
  event_id: string;
  member: number;
  role: "admin" | "member" | "viewer";
  name: string;
}

interface Schema extends DBSchema {
  kept: { key: string; value: Kept };
  outbox: { key: number; value: Waiting };
  seats: { key: string; value: GuestSeat };
}

/** What is used of the database; where the browser has none, memory does the same until the page is closed. */
export type Store = Pick<IDBPDatabase<Schema>, "get" | "getAll" | "getAllKeys" | "add" | "put" | "delete" | "clear">;

/** Some browsers neither open it nor say that they won't. */
const OPEN_WITHIN_MS = 5_000;

let opened: Promise<Store> | undefined;
let lasting = true;

export function store(): Promise<Store> {
  opened ??= Promise.race([open(), tooLong()]).catch(() => {
    lasting = false;
    return new Memory() as unknown as Store;
  });
  return opened;
}

/** Tell whether what is kept here is still there when the page is opened again. */
export function isLasting(): boolean {
  return lasting;
}

async function open(): Promise<Store> {
  const database = await openDB<Schema>("allsquare", 1, {
    upgrade(fresh) {
      fresh.createObjectStore("kept", { keyPath: "key" });
      fresh.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
      fresh.createObjectStore("seats", { keyPath: "event_id" });
    },
    blocking() {
      // A newer version of the page, in another tab, wants to change the shape of the store.
      database.close();
      opened = undefined;
    },
    terminated() {
      opened = undefined;
    },
  });
  return database;
}

function tooLong(): Promise<never> {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("The store does not open.")), OPEN_WITHIN_MS));
}

/** Forget what was seen; what waits to be sent stays, for only its owner may let go of it. */
export async function forgetSeen(): Promise<void> {
  await (await store()).clear("kept");
}
