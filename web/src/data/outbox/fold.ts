/** Bring a change together with what waits for the same thing already. */
import type { ExpenseIn, ExpenseOut } from "../../api/client";
import type { Change } from "./waiting";

/**
 * Give what becomes of a change that was never sent when another comes after it: one change in place of both, nothing at
 * all (an expense that nobody else ever saw is deleted), or undefined where the two can't be one.
 */
export function fold(former: Change, later: Change): Change | null | undefined {
  if (former.kind === "expense.add") {
    if (later.kind === "expense.add" || later.kind === "expense.edit") {
      return { ...former, body: { ...later.body, id: former.id } };
    }
    if (later.kind === "expense.delete") return null;
  }
  if (former.kind === "expense.edit" && (later.kind === "expense.edit" || later.kind === "expense.delete")) {
    // Both are based on what the first one saw: nobody has seen its result yet.
    return { ...later, version: former.version, base: former.base };
  }
  if (former.kind === "expense.delete" && later.kind === "expense.restore") return null;
  return undefined;
}

/** Base a change on the result of the one before it, which the server may have already, or will have by then. */
export function follow(former: Change, later: Change): Change {
  if (former.kind === "settlement.add" || later.kind === "settlement.add") return later;
  const version = former.kind === "expense.add" ? 1 : former.version + 1;
  const base = "body" in former ? asExpense(former.id, former.body, version) : { ...former.base, version };
  return later.kind === "expense.add"
    ? { kind: "expense.edit", id: later.id, body: later.body, version, base }
    : { ...later, version, base };
}

/** Write down what an expense will be when it is recorded, as far as it is known here. */
export function asExpense(id: string, body: ExpenseIn, version: number): ExpenseOut {
  const amount = String(body.amount);
  const paid = typeof body.paid_by === "number" ? [{ member: body.paid_by, amount }] : body.paid_by;
  const { currency = null, category = null, notes = null } = body;
  return {
    ...body,
    id,
    version,
    amount,
    currency,
    category,
    notes,
    paid_by: paid,
    deleted: false,
  } as unknown as ExpenseOut;
}
