/** Know who is signed in. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, Refused, type UserOut } from "../api/client";
import { queries } from "./query";
import { forgetSeen } from "./store";

/** What is to be sent waits for this answer, so a connection that hangs must not hold it up for long. */
const GIVE_UP_AFTER_MS = 20_000;
/** The sign-in is that of the whole browser: all its pages hear when somebody else is in. */
const neighbours = new BroadcastChannel("allsquare.session");

/** Null where nobody is signed in: that is an answer, not a failure. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<UserOut | null> => {
    try {
      return await answer(api.GET("/v1/users/me", { signal: AbortSignal.timeout(GIVE_UP_AFTER_MS) }));
    } catch (error) {
      if (!(error instanceof Refused) || (error.status !== 401 && error.status !== 403)) throw error;
      // Ended on the server, or by time: what this device kept was theirs alone.
      if (queries.getQueryData<UserOut | null>(["session"])) await forgetOthers();
      return null;
    }
  },
  staleTime: 60_000,
});

export interface Session {
  user: UserOut | null;
  /** Whether it is known yet who is signed in. */
  known: boolean;
}

export function useSession(): Session {
  const { data, isError } = useQuery(sessionQuery);
  return { user: data ?? null, known: data !== undefined || isError };
}

/** Somebody signed in: what the one before saw is not for them. */
export async function begin(user: UserOut): Promise<void> {
  const former = queries.getQueryData(sessionQuery.queryKey);
  if (former?.id !== user.id) await forgetAll();
  become(user);
}

export async function end(): Promise<void> {
  await answer(api.DELETE("/v1/sessions/current"));
  await forgetHere();
}

/** Forget whoever was signed in, where the server has done so already. */
export async function forgetHere(): Promise<void> {
  await forgetAll();
  become(null);
}

/** Begin anew where somebody signs in or out in another page of this browser: the cookie is theirs here too. */
export function followNeighbours(): void {
  neighbours.onmessage = ({ data }: MessageEvent<string | null>) => {
    const known = queries.getQueryData(sessionQuery.queryKey);
    if (known !== undefined && (known?.id ?? null) !== data) location.reload();
  };
}

function become(user: UserOut | null): void {
  queries.setQueryData(sessionQuery.queryKey, user);
  neighbours.postMessage(user?.id ?? null);
}

async function forgetAll(): Promise<void> {
  queries.clear();
  await forgetSeen();
}

/** Forget what was seen under a sign-in, and let the page that is open ask again. */
async function forgetOthers(): Promise<void> {
  await forgetSeen();
  void queries.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "seats" });
}
