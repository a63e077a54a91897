/** Ask about groups. Keys begin with ["groups"] for lists and ["group", id] for one. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../../api/client";
import { queries } from "../../data/query";

export type GroupOut = Schemas["GroupOut"];
export type GroupMember = Schemas["GroupMemberOut"];
export type Role = GroupMember["role"];

const PAGE = 50;

export const groupsQuery = infiniteQueryOptions({
  queryKey: ["groups", "pages"],
  queryFn: ({ pageParam }) => {
    const query = { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
    return answer(api.GET("/v1/groups", { params: { query } }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export const groupQuery = (groupId: string) =>
  queryOptions({
    queryKey: ["group", groupId],
    queryFn: () => answer(api.GET("/v1/groups/{group_id}", { params: { path: { group_id: groupId } } })),
  });

/** Show a group as the server has it now, wherever it is shown. */
export async function refreshGroup(groupId: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ["group", groupId] }),
    queries.invalidateQueries({ queryKey: ["groups"] }),
  ]);
}

export function noteGroup(group: GroupOut): void {
  queries.setQueryData(groupQuery(group.id).queryKey, group);
  void queries.invalidateQueries({ queryKey: ["groups"] });
}

/** One may not see it any more. */
export function dropGroup(groupId: string): void {
  queries.removeQueries({ queryKey: ["group", groupId] });
  void queries.invalidateQueries({ queryKey: ["groups"] });
}
