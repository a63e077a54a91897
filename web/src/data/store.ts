/** Keep things on this device, in IndexedDB: what was seen last, and what waits to be sent. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
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

let opened: Promise<IDBPDatabase<Schema>> | undefined;

export function store(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("allsquare", 1, {
    upgrade(database) {
      database.createObjectStore("kept", { keyPath: "key" });
      database.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
      database.createObjectStore("seats", { keyPath: "event_id" });
    },
    blocking() {
      // A newer version of the page, in another tab, wants to change the shape of the store.
      void opened?.then((database) => database.close());
      opened = undefined;
    },
  });
  return opened;
}

/** Forget what was seen; what waits to be sent stays, for only its owner may let go of it. */
export async function forgetSeen(): Promise<void> {
  await (await store()).clear("kept");
}
