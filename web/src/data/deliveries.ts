/** What was sent shows at once as the server has it. */
import { noteExpense, refreshEvent } from "./events";
import { outbox } from "./outbox/outbox";

export function followDeliveries(): void {
  outbox.onDelivered((waiting, sent) => {
    if ("expense" in sent) noteExpense(sent.expense);
    if ("deleted" in sent && "base" in waiting.change) noteExpense({ ...waiting.change.base, deleted: true });
    void refreshEvent(waiting.event_id);
  });
}
