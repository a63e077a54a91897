/** Names of people, as they are typed. */

/** The longest name the server takes, in characters. */
export const MAX_NAME = 100;
/** The most people an event takes. */
export const MAX_MEMBERS = 1_000;

const BETWEEN = /[,;\n\r\t،、]+/;

/** Read one name or a list of them, as pasted from a message or a sheet. */
export function namesIn(text: string): string[] {
  return text
    .split(BETWEEN)
    .map((name) => name.trim().replace(/\s+/g, " "))
    .filter((name) => name !== "");
}

export function holdsSeveral(text: string): boolean {
  return BETWEEN.test(text);
}

/** Tell what two names have in common if the server takes them for the same. */
export function folded(name: string): string {
  return name.trim().toLowerCase();
}

export function isTooLong(name: string): boolean {
  return [...name.trim()].length > MAX_NAME;
}

export interface Added {
  people: string[];
  /** Names that could not be added, to be mended. */
  left: string[];
  /** Why the first of them could not. */
  why: "twice" | "long" | "full" | undefined;
}

/** Add the names in a text to people; `others` are there besides. */
export function addNames(people: readonly string[], others: readonly string[], text: string): Added {
  const taken = new Set([...others, ...people].map(folded));
  const added: Added = { people: [...people], left: [], why: undefined };
  for (const name of namesIn(text)) {
    const full = added.people.length + others.length >= MAX_MEMBERS;
    const why = isTooLong(name) ? "long" : taken.has(folded(name)) ? "twice" : full ? "full" : undefined;
    added.why ??= why;
    if (why === undefined) {
      taken.add(folded(name));
      added.people.push(name);
    } else if (!added.left.includes(name)) {
      added.left.push(name);
    }
  }
  return added;
}
