import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { troubleOf } from "../../data/trouble";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";

type Query<Data> = Pick<UseQueryResult<Data>, "data" | "error" | "failureReason" | "fetchStatus" | "refetch">;

/** Show what was asked for; until it is there, that it is coming, or why it does not come. What is old is shown too. */
export function Loaded<Data>(props: { query: Query<Data>; lines?: number; children: (data: Data) => ReactNode }) {
  const text = useText();
  const { data, refetch } = props.query;
  const trouble = troubleOf(props.query);
  if (data !== undefined) return props.children(data);
  if (trouble === null) return <Skeleton lines={props.lines ?? 3} />;
  return (
    <Notice tone="warn" action={<Button onClick={() => void refetch()}>{text.t("do.retry")}</Button>}>
      {wording(trouble, text)}
    </Notice>
  );
}
