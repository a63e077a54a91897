/** Hear of what others do in an event: by the stream of its journal, and by asking where the stream is cut. */
import { useEffect } from "react";
import { answer, api, type Schemas } from "../api/client";
import { eventQuery, noteExpense, refreshEvent } from "./events";
import { queries } from "./query";

type Entry = Schemas["EntryOut"];

const ASK_EVERY_MS = 10_000;
/** The stream names each entry by its kind, and a browser only hears names that it was told. */
export const KINDS = [
  "event.created",
  "event.changed",
  "event.deleted",
  "event.settled",
  "event.reopened",
  "event.archived",
  "member.added",
  "member.renamed",
  "member.changed",
  "member.left",
  "member.claimed",
  "member.merged",
  "member.forgotten",
  "expense.recorded",
  "expense.revised",
  "expense.deleted",
  "expense.restored",
  "settlement.recorded",
  "settlement.reversed",
  "import.recorded",
  "import.undone",
] as const satisfies Entry["kind"][];

/** Keep an event up to date while somebody looks at it. */
export function useRealtime(eventId: string): void {
  useEffect(() => {
    const listener = new Listener(eventId);
    return () => listener.stop();
  }, [eventId]);
}

class Listener {
  private readonly eventId: string;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private seen: number;
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly touched = new Set<string>();
  private readonly onOnline = () => this.open();

  constructor(eventId: string) {
    this.eventId = eventId;
    this.seen = queries.getQueryData(eventQuery(eventId).queryKey)?.seq ?? 0;
    addEventListener("online", this.onOnline);
    void this.begin();
  }

  /** What is kept may be old: first learn where the event stands, and then listen from there. */
  private async begin(): Promise<void> {
    try {
      const event = await queries.fetchQuery({ ...eventQuery(this.eventId), staleTime: 0 });
      if (event.seq > this.seen && this.seen > 0) await this.ask();
      this.seen = Math.max(this.seen, event.seq);
    } catch {
      // Asked again by the timer.
    }
    this.open();
  }

  private open(): void {
    if (this.source !== undefined && this.source.readyState !== EventSource.CLOSED) return;
    const source = new EventSource(`/v1/events/${this.eventId}/journal?after=${this.seen}`);
    source.onopen = () => clearInterval(this.timer);
    for (const kind of KINDS) {
      source.addEventListener(kind, (message: MessageEvent<string>) => this.hear(JSON.parse(message.data) as Entry));
    }
    source.onerror = () => this.fallBack();
    this.source = source;
  }

  /** The browser opens a cut stream again by itself, unless the server refused it; until then, ask. */
  private fallBack(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      void this.ask().catch(() => undefined);
      if (this.source?.readyState === EventSource.CLOSED) this.open();
    }, ASK_EVERY_MS);
  }

  private async ask(): Promise<void> {
    const params = { path: { event_id: this.eventId }, query: { after: this.seen, limit: 200 } };
    const page = await answer(
      api.GET("/v1/events/{event_id}/journal", { params, headers: { Accept: "application/json" } }),
    );
    if (typeof page !== "string") for (const entry of page.items) this.hear(entry);
  }

  private hear(entry: Entry): void {
    if (entry.seq <= this.seen) return;
    this.seen = entry.seq;
    const expense = (entry.data as { expense_id?: string }).expense_id;
    if (entry.kind.startsWith("expense.") && expense !== undefined) this.touched.add(expense);
    else if (!entry.kind.startsWith("settlement.")) this.touched.add("");
    // Many entries come together after a pause: look once for all of them.
    clearTimeout(this.due);
    this.due = setTimeout(() => void this.refresh(), 60);
  }

  private async refresh(): Promise<void> {
    const touched = [...this.touched];
    this.touched.clear();
    const wanted = touched.filter((id) => id !== "");
    const listed = { queryKey: ["event", this.eventId, "expenses"] };
    if (wanted.length > 20 || touched.includes("")) await queries.invalidateQueries(listed);
    else await Promise.all(wanted.map((id) => this.look(id)));
    await refreshEvent(this.eventId);
  }

  private async look(expenseId: string): Promise<void> {
    const params = { path: { event_id: this.eventId, expense_id: expenseId } };
    try {
      noteExpense(await answer(api.GET("/v1/events/{event_id}/expenses/{expense_id}", { params })));
    } catch {
      await queries.invalidateQueries({ queryKey: ["event", this.eventId, "expenses"] });
    }
  }

  stop(): void {
    removeEventListener("online", this.onOnline);
    this.source?.close();
    clearInterval(this.timer);
    clearTimeout(this.due);
  }
}
