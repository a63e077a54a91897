/** Change events, who is in them and what lets people in; know what whoever looks may do. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type EventOut, type MemberOut, Refused, type Schemas } from "../api/client";
import { eventQuery, eventsQuery, type Role, refreshEvent, useRole, useSelf } from "./events";
import { Once } from "./once";
import { forgetEvent, queries } from "./query";
import { useSession } from "./session";
import { store } from "./store";

export type NewEvent = Omit<Schemas["EventIn"], "id">;
export type EventPatch = Schemas["EventPatch"];
export type MemberPatch = Schemas["MemberPatch"];
export type LinkIn = Schemas["LinkIn"];
export type EventLink = Schemas["EventLinkOut"];

export interface Standing {
  role: Role;
  self: MemberOut | undefined;
  /** Known by a link alone: then the link's role is the most, and accounts keep their roles and seats. */
  guest: boolean;
}

/** Tell as what whoever looks takes part in an event. */
export function useStanding(event: EventOut): Standing {
  const { user } = useSession();
  const self = useSelf(event);
  const role = useRole(event);
  return { role, self, guest: user === null || (self !== undefined && self.user_id !== user.id) };
}

/** Ask for a change under a key, once; `done` hears of its answer. */
export function useWrite<Input, Output>(
  write: (input: Input, key: string) => Promise<Output>,
  done?: (output: Output, input: Input) => void,
) {
  const [once] = useState(() => new Once<Output>());
  return useMutation<Output, Error, Input>({
    mutationFn: (input) => once.send(input, (key) => write(input, key)),
    ...(done === undefined ? {} : { onSuccess: done }),
  });
}

const keyed = (key: string) => ({ "Idempotency-Key": key });

function noteEvent(event: EventOut): EventOut {
  queries.setQueryData(eventQuery(event.id).queryKey, event);
  void refreshEvent(event.id);
  return event;
}

function noteMember(eventId: string, member: MemberOut): MemberOut {
  queries.setQueryData(eventQuery(eventId).queryKey, (known) => {
    if (known === undefined) return undefined;
    const others = known.members.filter((each) => each.member !== member.member);
    return { ...known, members: [...others, member].sort((one, other) => one.member - other.member) };
  });
  void refreshEvent(eventId);
  return member;
}

export interface Created {
  event: EventOut;
  /** An earlier attempt had made it already, perhaps with what was typed then. */
  earlier: boolean;
}

/** Make an event under an id of ours: however often that is tried, there is one. */
export async function createEvent(id: string, event: NewEvent, key: string): Promise<Created> {
  try {
    const made = await answer(api.POST("/v1/events", { params: { header: keyed(key) }, body: { ...event, id } }));
    return { event: noteEvent(made), earlier: false };
  } catch (error) {
    const taken = error instanceof Refused && ["event.exists", "idempotency.mismatch"].includes(error.code);
    if (!taken) throw error;
    const found = await answer(api.GET("/v1/events/{event_id}", { params: { path: { event_id: id } } }));
    return { event: noteEvent(found), earlier: true };
  }
}

export async function changeEvent(eventId: string, version: number, body: EventPatch, key: string): Promise<EventOut> {
  const header = { ...keyed(key), "If-Match": `"${version}"` };
  const params = { path: { event_id: eventId }, header };
  return noteEvent(await answer(api.PATCH("/v1/events/{event_id}", { params, body })));
}

export async function archiveEvent(eventId: string, key: string): Promise<EventOut> {
  const params = { path: { event_id: eventId }, header: keyed(key) };
  return noteEvent(await answer(api.POST("/v1/events/{event_id}/archive", { params })));
}

export async function deleteEvent(eventId: string, version: number, key: string): Promise<void> {
  const header = { ...keyed(key), "If-Match": `"${version}"` };
  await answer(api.DELETE("/v1/events/{event_id}", { params: { path: { event_id: eventId }, header } }));
}

export async function addMember(eventId: string, name: string, key: string): Promise<MemberOut> {
  const params = { path: { event_id: eventId }, header: keyed(key) };
  return noteMember(eventId, await answer(api.POST("/v1/events/{event_id}/members", { params, body: { name } })));
}

export async function changeMember(
  eventId: string,
  member: number,
  body: MemberPatch,
  key: string,
): Promise<MemberOut> {
  const params = { path: { event_id: eventId, member }, header: keyed(key) };
  return noteMember(eventId, await answer(api.PATCH("/v1/events/{event_id}/members/{member}", { params, body })));
}

/** End a member's part in an event; the list follows once it is asked for again. */
export async function removeMember(eventId: string, member: number, key: string): Promise<void> {
  const params = { path: { event_id: eventId, member }, header: keyed(key) };
  await answer(api.DELETE("/v1/events/{event_id}/members/{member}", { params }));
}

export async function mergeMembers(eventId: string, member: number, into: number, key: string): Promise<EventOut> {
  const params = { path: { event_id: eventId, member }, header: keyed(key) };
  const merged = await answer(api.POST("/v1/events/{event_id}/members/{member}/merge", { params, body: { into } }));
  // Each expense that named the one has been written anew for the other.
  void queries.invalidateQueries({ queryKey: ["event", eventId, "expenses"] });
  return noteEvent(merged);
}

/** Let go of an event that one may not see any more, on this device too. */
export async function partFromEvent(eventId: string): Promise<void> {
  queries.setQueryData(eventsQuery.queryKey, (known) => known?.filter((each) => each.id !== eventId));
  await (await store()).delete("seats", eventId);
  await forgetEvent(eventId);
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => ["events", "totals", "seats"].includes(`${queryKey[0]}`),
  });
}

/** What a member owes and is owed, which must be nothing before they can go. */
export const standingsQuery = (eventId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "members", "positions"],
    queryFn: () =>
      answer(api.GET("/v1/events/{event_id}/positions", { params: { path: { event_id: eventId } } })).then(
        (found) => found.positions,
      ),
    staleTime: 0,
    meta: { keep: false },
  });

/** Links let people in, so they are not kept on the device. */
export const linksQuery = (eventId: string) =>
  queryOptions({
    queryKey: ["event", eventId, "links"],
    queryFn: () => {
      const params = { path: { event_id: eventId }, query: { limit: 200 } };
      return answer(api.GET("/v1/events/{event_id}/links", { params })).then((page) => page.items);
    },
    meta: { keep: false },
  });

export async function makeLink(eventId: string, body: LinkIn, key: string): Promise<EventLink> {
  const params = { path: { event_id: eventId }, header: keyed(key) };
  const made = await answer(api.POST("/v1/events/{event_id}/links", { params, body }));
  queries.setQueryData(linksQuery(eventId).queryKey, (known) =>
    known === undefined ? undefined : [made, ...known.filter((each) => each.id !== made.id)],
  );
  return made;
}

export async function revokeLink(eventId: string, linkId: string, key: string): Promise<void> {
  const params = { path: { event_id: eventId, link_id: linkId }, header: keyed(key) };
  await answer(api.DELETE("/v1/events/{event_id}/links/{link_id}", { params }));
  await queries.invalidateQueries({ queryKey: linksQuery(eventId).queryKey });
}

/** The groups whose people can be copied into a new event. */
export const rostersQuery = queryOptions({
  queryKey: ["groups", "rosters"],
  queryFn: () => answer(api.GET("/v1/groups", { params: { query: { limit: 200 } } })).then((page) => page.items),
});
