/** Ask about events and what is in them. Keys begin with ["event", id], so that all of one can be asked anew. */
import { infiniteQueryOptions, type QueryKey, queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, type EventOut, type ExpenseOut, type MemberOut, type Schemas } from "../api/client";
import { queries } from "./query";
import { useSession } from "./session";
import { type GuestSeat, store } from "./store";

export const PAGE = 200;

/** All events one can see, newest first; more than a thousand are found by their addresses. */
export const eventsQuery = queryOptions({
  queryKey: ["events"],
  queryFn: async (): Promise<EventOut[]> => {
    const found: EventOut[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === null ? {} : { cursor }) };
      const page: Schemas["EventPage"] = await answer(api.GET("/v1/events", { params: { query } }));
      found.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null && found.length < 1_000);
    return found;
  },
});

export const seatsQuery = queryOptions({
  queryKey: ["seats"],
  queryFn: async (): Promise<GuestSeat[]> => (await store()).getAll("seats"),
  staleTime: 0,
  meta: { keep: false },
});

export const eventQuery = (eventId: string) =>
  queryOptions({
    queryKey: ["event", eventId],
    queryFn: () => answer(api.GET("/v1/events/{event_id}", { params: { path: { event_id: eventId } } })),
  });

export interface ExpenseFilter {
  search?: string;
  category?: string;
  member?: number;
  include_deleted?: boolean;
}

/** The expenses of an event, newest first, a page at a time. */
export const expensesQuery = (eventId: string, filter: ExpenseFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ["event", eventId, "expenses", filter],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET("/v1/events/{event_id}/expenses", { params: { path: { event_id: eventId }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    meta: { keep: Object.keys(filter).length === 0 },
  });

export const expenseQuery = (eventId: string, expenseId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "expense", expenseId],
    queryFn: () => {
      const params = { path: { event_id: eventId, expense_id: expenseId } };
      return answer(api.GET("/v1/events/{event_id}/expenses/{expense_id}", { params }));
    },
    // What is listed is known: it opens at once, and without a network too.
    initialData: () => listedExpense(eventId, expenseId),
    initialDataUpdatedAt: 0,
  });

function listedExpense(eventId: string, expenseId: string): ExpenseOut | undefined {
  const listed = queries.getQueryData(expensesQuery(eventId).queryKey);
  return listed?.pages.flatMap((page) => page.items).find((each) => each.id === expenseId);
}

export const historyQuery = (eventId: string, expenseId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "history", expenseId],
    queryFn: () => {
      const params = { path: { event_id: eventId, expense_id: expenseId } };
      return answer(api.GET("/v1/events/{event_id}/expenses/{expense_id}/history", { params }));
    },
    meta: { keep: false },
  });

export function useEvent(eventId: string) {
  return useQuery(eventQuery(eventId));
}

/** The member that whoever looks is in an event, if any: by account, else as a guest on this device. */
export function useSelf(event: EventOut | undefined): MemberOut | undefined {
  const session = useSession();
  const seats = useQuery(seatsQuery);
  if (event === undefined) return undefined;
  const mine = event.members.filter((member) => session.user !== null && member.user_id === session.user?.id);
  const seat = seats.data?.find((each) => each.event_id === event.id);
  return mine.find((member) => member.active) ?? mine[0] ?? event.members.find((each) => each.member === seat?.member);
}

/** Tell whether it is known yet who looks: until then nobody is taken for somebody else. */
export function useSelfKnown(): boolean {
  const { known } = useSession();
  return useQuery(seatsQuery).data !== undefined && known;
}

export type Role = MemberOut["role"];

const RANKS: Record<Role, number> = { viewer: 1, member: 2, admin: 3 };

/** What whoever looks may do in an event; the server decides, this only spares them what it would refuse. */
export function useRole(event: EventOut | undefined): Role {
  const { user } = useSession();
  const self = useSelf(event);
  const seat = useQuery(seatsQuery).data?.find((each) => each.event_id === event?.id);
  if (user?.role === "owner") return "admin";
  // Who sees an event without a seat in it has made it.
  if (self === undefined) return user === null ? "viewer" : "admin";
  if (user !== null && self.user_id === user.id) return self.role;
  const offered: Role = seat?.role ?? "viewer";
  return RANKS[offered] < RANKS[self.role] ? offered : self.role;
}

/** Put an expense as it is now into all lists that hold it, without asking for them again. */
export function noteExpense(expense: ExpenseOut): void {
  queries.setQueryData(expenseQuery(expense.event_id, expense.id).queryKey, expense);
  const listed = expensesQuery(expense.event_id).queryKey;
  queries.setQueryData(listed, (known) => {
    if (known === undefined) return undefined;
    const pages = known.pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== expense.id) }));
    if (!expense.deleted) insert(pages, expense);
    return { ...known, pages };
  });
}

/** Newest first: by date, then by when it was made, as the server lists them. */
function insert(pages: { items: ExpenseOut[]; next_cursor: string | null }[], expense: ExpenseOut): void {
  for (const page of pages) {
    const place = page.items.findIndex((each) => before(expense, each));
    if (place >= 0) {
      page.items.splice(place, 0, expense);
      return;
    }
    if (page.next_cursor === null) {
      page.items.push(expense);
      return;
    }
  }
}

function before(one: ExpenseOut, other: ExpenseOut): boolean {
  return one.date === other.date ? one.created_at > other.created_at : one.date > other.date;
}

/** Ask again for all of an event but its list of expenses, which is kept up to date one by one. */
export function refreshEvent(eventId: string): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }: { queryKey: QueryKey }) =>
      (queryKey[0] === "event" && queryKey[1] === eventId && !isPlainList(queryKey)) ||
      queryKey[0] === "events" ||
      queryKey[0] === "totals",
  });
}

function isPlainList(key: QueryKey): boolean {
  return key[2] === "expenses" && Object.keys((key[3] as object | undefined) ?? {}).length === 0;
}

/** Tell what a member is called; somebody who is not in the roster yet by their number. */
export function nameOf(event: EventOut, member: number): string {
  return event.members.find((each) => each.member === member)?.name ?? `#${member}`;
}
