import { queryOptions, skipToken } from "@tanstack/react-query";
import { answer, api } from "../api/client";

/** What somebody owes and is owed over all their events, by currency and by person. */
export const totalsQuery = (userId: string | undefined) =>
  queryOptions({
    queryKey: ["totals", userId],
    queryFn:
      userId === undefined
        ? skipToken
        : () => answer(api.GET("/v1/users/{user_id}/balances", { params: { path: { user_id: userId } } })),
  });
