import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";

type Query<Data> = Pick<UseQueryResult<Data>, "data" | "error" | "refetch">;

/** Show what was asked for; until it is there, that it is coming, or why it does not come. What is old is shown too. */
export function Loaded<Data>(props: { query: Query<Data>; lines?: number; children: (data: Data) => ReactNode }) {
  const text = useText();
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (error === null) return <Skeleton lines={props.lines ?? 3} />;
  return (
    <Notice tone="warn" action={<Button onClick={() => void refetch()}>{text.t("do.retry")}</Button>}>
      {wording(error, text)}
    </Notice>
  );
}
