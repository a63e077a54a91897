/** Turn a waiting change into its request. */
import { answer, api, type ExpenseOut, type SettlementOut } from "../../api/client";
import type { Waiting } from "./waiting";

const GIVE_UP_AFTER_MS = 20_000;

export type Sent = { expense: ExpenseOut } | { settlement: SettlementOut } | { deleted: string };

/** Send one change under its key; throws Refused or Unreachable. */
export async function send({ event_id, change, key }: Waiting): Promise<Sent> {
  const header = { "Idempotency-Key": key };
  // A connection that hangs holds up all that waits behind it; sending again later does no harm.
  const signal = AbortSignal.timeout(GIVE_UP_AFTER_MS);
  const path = { event_id, expense_id: change.id };
  switch (change.kind) {
    case "expense.add": {
      const params = { path: { event_id }, header };
      const body = { ...change.body, id: change.id };
      return { expense: await answer(api.POST("/v1/events/{event_id}/expenses", { params, body, signal })) };
    }
    case "expense.edit": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      const { id: _, ...body } = change.body;
      return {
        expense: await answer(api.PUT("/v1/events/{event_id}/expenses/{expense_id}", { params, body, signal })),
      };
    }
    case "expense.delete": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      await answer(api.DELETE("/v1/events/{event_id}/expenses/{expense_id}", { params, signal }));
      return { deleted: change.id };
    }
    case "expense.restore": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      return {
        expense: await answer(api.POST("/v1/events/{event_id}/expenses/{expense_id}/restore", { params, signal })),
      };
    }
    case "settlement.add": {
      const params = { path: { event_id }, header };
      const body = { ...change.body, id: change.id };
      return { settlement: await answer(api.POST("/v1/events/{event_id}/settlements", { params, body, signal })) };
    }
  }
}
