/** Turn a waiting change into its request. */
import { answer, api, type ExpenseOut, type SettlementOut } from "../../api/client";
import type { Waiting } from "./waiting";

export type Sent = { expense: ExpenseOut } | { settlement: SettlementOut } | { deleted: string };

/** Send one change under its key; throws Refused or Unreachable. */
export async function send({ event_id, change, key }: Waiting): Promise<Sent> {
  const header = { "Idempotency-Key": key };
  const path = { event_id, expense_id: change.id };
  switch (change.kind) {
    case "expense.add": {
      const params = { path: { event_id }, header };
      const body = { ...change.body, id: change.id };
      return { expense: await answer(api.POST("/v1/events/{event_id}/expenses", { params, body })) };
    }
    case "expense.edit": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      const { id: _, ...body } = change.body;
      return { expense: await answer(api.PUT("/v1/events/{event_id}/expenses/{expense_id}", { params, body })) };
    }
    case "expense.delete": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      await answer(api.DELETE("/v1/events/{event_id}/expenses/{expense_id}", { params }));
      return { deleted: change.id };
    }
    case "expense.restore": {
      const params = { path, header: { ...header, "If-Match": `"${change.version}"` } };
      return { expense: await answer(api.POST("/v1/events/{event_id}/expenses/{expense_id}/restore", { params })) };
    }
    case "settlement.add": {
      const params = { path: { event_id }, header };
      const body = { ...change.body, id: change.id };
      return { settlement: await answer(api.POST("/v1/events/{event_id}/settlements", { params, body })) };
    }
  }
}
