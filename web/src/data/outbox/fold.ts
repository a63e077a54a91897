/** Fold a change into what already waits for the same thing, so that at most one request waits for each. */
import type { Change } from "./waiting";

/**
 * Give what becomes of a waiting change when another comes after it: one change in place of both, nothing at all (an
 * expense that was never sent and is deleted), or undefined where the two can't be one.
 */
export function fold(former: Change, later: Change): Change | null | undefined {
  if (former.id !== later.id) return undefined;
  if (former.kind === "expense.add") {
    if (later.kind === "expense.edit") return { ...former, body: { ...later.body, id: former.id } };
    if (later.kind === "expense.delete") return null;
  }
  if (former.kind === "expense.edit") {
    // Both are based on what the first one saw: nobody has seen its result yet.
    if (later.kind === "expense.edit") return { ...later, version: former.version, base: former.base };
    if (later.kind === "expense.delete") return { ...later, version: former.version, base: former.base };
  }
  if (former.kind === "expense.delete" && later.kind === "expense.restore") return null;
  return undefined;
}
