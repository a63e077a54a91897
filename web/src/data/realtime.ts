/** Hear of what others do in an event: by the stream of its journal, and by asking where the stream is cut. */
import { useEffect } from "react";
import { answer, api, type Schemas } from "../api/client";
import { eventQuery, noteExpense, refreshEvent } from "./events";
import { isLost } from "./lost";
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

/** More than these are not looked at one by one. */
const AT_ONCE = 200;

class Listener {
  private readonly eventId: string;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private seen: number;
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly touched = new Set<string>();
  private readonly stopping = new AbortController();

  constructor(eventId: string) {
    this.eventId = eventId;
    this.seen = queries.getQueryData(eventQuery(eventId).queryKey)?.seq ?? 0;
    const { signal } = this.stopping;
    addEventListener("online", () => this.listen(), { signal });
    document.addEventListener("visibilitychange", () => this.listen(), { signal });
    void this.begin();
  }

  /** What is kept may be old: first learn where the event stands, and then listen from there. */
  private async begin(): Promise<void> {
    try {
      const event = await queries.fetchQuery({ ...eventQuery(this.eventId), staleTime: 0 });
      if (this.seen > 0 && event.seq > this.seen) await this.ask();
      this.seen = Math.max(this.seen, event.seq);
    } catch {
      // Asked again by the timer.
    }
    this.listen();
  }

  /** Listen while the page is looked at: a browser has six connections for all its pages, and each stream takes one. */
  private listen(): void {
    if (this.stopping.signal.aborted) return;
    if (document.hidden) this.close();
    else if (this.source === undefined || this.source.readyState === EventSource.CLOSED) this.open();
  }

  private open(): void {
    const source = new EventSource(`/v1/events/${this.eventId}/journal?after=${this.seen}`);
    source.onopen = () => this.stopAsking();
    for (const kind of KINDS) {
      source.addEventListener(kind, (message: MessageEvent<string>) => this.hear(JSON.parse(message.data) as Entry));
    }
    source.onerror = () => this.startAsking();
    this.source = source;
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
    this.stopAsking();
  }

  /** The browser opens a cut stream again by itself, unless the server refused it; until then, ask. */
  private startAsking(): void {
    if (this.timer !== undefined) return;
    // A stream that was refused may be so for good, and the server just restarted is back in a moment.
    const ask = () => void this.ask().then(() => this.listen(), this.giveUpIfLost);
    this.timer = setInterval(ask, ASK_EVERY_MS);
    if (this.source?.readyState === EventSource.CLOSED) ask();
  }

  private stopAsking(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private readonly giveUpIfLost = (error: unknown) => {
    if (!isLost(error)) return;
    this.close();
    // The page says so, when it asks for the event itself.
    void queries.invalidateQueries({ queryKey: eventQuery(this.eventId).queryKey, exact: true });
  };

  private async ask(): Promise<void> {
    const params = { path: { event_id: this.eventId }, query: { after: this.seen, limit: AT_ONCE } };
    const page = await answer(
      api.GET("/v1/events/{event_id}/journal", { params, headers: { Accept: "application/json" } }),
    );
    if (typeof page === "string") return;
    for (const entry of page.items) this.hear(entry);
    if (page.next_cursor === null) return;
    // Too much was missed to follow it: look at everything, as it is now.
    this.touched.add("");
    const event = await queries.fetchQuery({ ...eventQuery(this.eventId), staleTime: 0 });
    this.seen = Math.max(this.seen, event.seq);
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
    this.stopping.abort();
    this.close();
    clearTimeout(this.due);
  }
}
