/** Tell whose a change is: of who is signed in, else of the guest that this device is in the event. */
import { queries } from "../query";
import { sessionQuery } from "../session";
import { type GuestSeat, store } from "../store";

/** An account's id, or a guest's seat. */
export type Owner = string;

export interface Whose {
  /** As far as it is known here: undefined for nobody, or nobody known. */
  known(eventId: string): Promise<Owner | undefined>;
  /** As the server says now; throws Unreachable. */
  sure(eventId: string): Promise<Owner | undefined>;
  /** What was known may be wrong. */
  doubt(): void;
  onChange(heard: () => void): void;
}

/** A sign-in may have ended without a word; one that begins is told to every page of this browser. */
const SIGN_IN_GOOD_FOR_MS = 5_000;

export const whose: Whose = {
  async known(eventId) {
    return ownerIn(eventId, queries.getQueryData(sessionQuery.queryKey));
  },
  async sure(eventId) {
    const user = queries.getQueryData(sessionQuery.queryKey);
    const asking = { networkMode: "always", retry: false } as const;
    const fresh = user === null ? {} : { staleTime: SIGN_IN_GOOD_FOR_MS };
    return ownerIn(eventId, await queries.fetchQuery({ ...sessionQuery, ...asking, ...fresh }));
  },
  doubt() {
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  },
  onChange(heard) {
    let before = "";
    queries.getQueryCache().subscribe(({ type, query }) => {
      if (type !== "updated" || !["session", "seats"].includes(String(query.queryKey[0]))) return;
      const seats = queries.getQueryData<GuestSeat[]>(["seats"])?.map((seat) => [seat.event_id, seat.member]);
      const now = JSON.stringify([queries.getQueryData(sessionQuery.queryKey)?.id, seats]);
      if (now !== before) heard();
      before = now;
    });
  },
};

async function ownerIn(eventId: string, user: { id: string } | null | undefined): Promise<Owner | undefined> {
  if (user === undefined) return undefined;
  if (user !== null) return user.id;
  const seat = await (await store()).get("seats", eventId);
  return seat && seatOwner(eventId, seat.member);
}

export function seatOwner(eventId: string, member: number): Owner {
  return `${eventId}/${member}`;
}
