/** Know what this instance is, before anybody is known to it: who may make an account, and whether letters are sent. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";

export const instanceQuery = queryOptions({
  queryKey: ["instance"],
  queryFn: () => answer(api.GET("/v1/instance")),
  staleTime: 600_000,
});

/** Undefined until it is known. */
export function useInstance(): Schemas["InstanceOut"] | undefined {
  return useQuery(instanceQuery).data;
}
