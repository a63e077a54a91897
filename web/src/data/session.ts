/** Know who is signed in. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, Refused, type UserOut } from "../api/client";
import { queries } from "./query";
import { forgetSeen } from "./store";

/** Null where nobody is signed in: that is an answer, not a failure. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<UserOut | null> => {
    try {
      return await answer(api.GET("/v1/users/me"));
    } catch (error) {
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) return null;
      throw error;
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
  queries.setQueryData(sessionQuery.queryKey, user);
}

export async function end(): Promise<void> {
  await answer(api.DELETE("/v1/sessions/current"));
  await forgetAll();
  queries.setQueryData(sessionQuery.queryKey, null);
}

async function forgetAll(): Promise<void> {
  queries.clear();
  await forgetSeen();
}
