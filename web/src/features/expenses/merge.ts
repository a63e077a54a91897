/** Bring two changes of one expense together: yours and theirs, both made from the same version. */
import type { ExpenseIn, ExpenseOut } from "../../api/client";

/** What belongs together is chosen together: amounts, payers and shares only add up as a whole. */
export const PARTS = ["description", "money", "date", "category", "notes"] as const;
export type Part = (typeof PARTS)[number];
export type Side = "yours" | "theirs";

const FIELDS: Record<Part, readonly (keyof ExpenseIn & keyof ExpenseOut)[]> = {
  description: ["description"],
  money: ["amount", "currency", "paid_by", "split"],
  date: ["date"],
  category: ["category"],
  notes: ["notes"],
};

export interface Difference {
  part: Part;
  /** Whose it is where only one of the two changed it. */
  only: Side | undefined;
}

/** Give the parts in which yours and theirs differ. */
export function differences(base: ExpenseOut, yours: ExpenseIn, theirs: ExpenseOut): Difference[] {
  return PARTS.filter((part) => !same(part, yours, theirs)).map((part) => {
    const untouchedByYou = same(part, yours, base);
    const untouchedByThem = same(part, theirs, base);
    return { part, only: untouchedByYou ? "theirs" : untouchedByThem ? "yours" : undefined };
  });
}

/** Take each part from the side chosen for it. */
export function merged(yours: ExpenseIn, theirs: ExpenseOut, chosen: Partial<Record<Part, Side>>): ExpenseIn {
  const body: Record<string, unknown> = {};
  for (const part of PARTS) {
    const from = chosen[part] === "theirs" ? theirs : yours;
    for (const field of FIELDS[part]) body[field] = from[field];
  }
  return body as unknown as ExpenseIn;
}

function same(part: Part, one: ExpenseIn | ExpenseOut, other: ExpenseIn | ExpenseOut): boolean {
  return FIELDS[part].every((field) => written(one, field) === written(other, field));
}

function written(content: ExpenseIn | ExpenseOut, field: keyof ExpenseIn & keyof ExpenseOut): string {
  const value = content[field] ?? null;
  if (field === "paid_by" && typeof value === "number") return JSON.stringify([[value, String(content.amount)]]);
  if (field === "paid_by" && Array.isArray(value)) {
    return JSON.stringify(value.map((part) => (typeof part === "object" ? [part.member, String(part.amount)] : part)));
  }
  return typeof value === "object" && value !== null ? sorted(value) : String(value);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (each === null || typeof each !== "object") return plain(key, each);
    if (Array.isArray(each)) return each.length === 0 ? undefined : each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const EXTRAS = ["tax", "tip", "discount"];
const DECIMALS = [...EXTRAS, "amount", "percent", "weight"];

/** What means the same is written the same: "0.5000" and "0.5", and a tip of nothing as none at all. */
function plain(key: string, value: unknown): unknown {
  if (value === "" && key === "name") return undefined;
  if (!DECIMALS.includes(key)) return value;
  const number = String(value)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
  return number === "0" && EXTRAS.includes(key) ? undefined : number;
}
