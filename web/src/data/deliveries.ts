/** What was sent shows at once as the server has it. */
import { noteExpense, refreshEvent } from "./events";
import { outbox } from "./outbox/outbox";

export function followDeliveries(): void {
  outbox.onDelivered((waiting, sent) => {
    if ("expense" in sent) noteExpense(sent.expense);
    if ("deleted" in sent && "base" in waiting.change) {
      const { base, version } = waiting.change;
      noteExpense({ ...base, version: version + 1, deleted: true });
    }
    void refreshEvent(waiting.event_id);
  });
}
