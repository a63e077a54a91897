/** Keep things while the page is open, where the browser keeps nothing: some private windows, or a full disk. */

interface Entry {
  key?: string;
  order?: number;
  event_id?: string;
}

type Key = string | number;

/** Does what is used of a database of `idb`, and no more. */
export class Memory {
  private readonly rooms = new Map<string, Map<Key, Entry>>();
  private last = 0;

  async get(room: string, key: Key): Promise<Entry | undefined> {
    return this.room(room).get(key);
  }

  async getAll(room: string): Promise<Entry[]> {
    return [...this.room(room)].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  }

  async getAllKeys(room: string): Promise<Key[]> {
    return [...this.room(room).keys()];
  }

  async add(room: string, entry: Entry): Promise<Key> {
    this.last += 1;
    return this.put(room, { ...entry, order: this.last });
  }

  async put(room: string, entry: Entry): Promise<Key> {
    const key = { kept: entry.key, outbox: entry.order, seats: entry.event_id }[room];
    if (key === undefined) throw new Error(`Nothing can be kept in ${room} without a key.`);
    this.room(room).set(key, structuredClone(entry));
    return key;
  }

  async delete(room: string, key: Key): Promise<void> {
    this.room(room).delete(key);
  }

  async clear(room: string): Promise<void> {
    this.room(room).clear();
  }

  private room(name: string): Map<Key, Entry> {
    const found = this.rooms.get(name) ?? new Map<Key, Entry>();
    this.rooms.set(name, found);
    return found;
  }
}
