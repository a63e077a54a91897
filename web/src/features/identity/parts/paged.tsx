import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Skeleton } from "../../../ui/parts";
import { explain } from "./explain";
import { Trouble } from "./form";

interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** How many of a list are shown before one asks for more. */
export const FEW = 10;

/** A list of the API, a page at a time; nothing of it is kept on this device. */
export function PagedList<Item extends { id: string }>(props: {
  label: string;
  of: QueryKey;
  ask: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>;
  empty: string;
  row: (item: Item) => ReactNode;
}) {
  const text = useText();
  const { t } = text;
  const list = useRef<HTMLUListElement>(null);
  const found = useInfiniteQuery({
    queryKey: props.of,
    queryFn: ({ pageParam }) => props.ask({ limit: FEW, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Item>) => page.next_cursor,
    meta: { keep: false },
  });
  const items = found.data?.pages.flatMap((page) => page.items);
  const count = items?.length ?? 0;
  useEffect(() => {
    // What had the focus was in the row that is gone.
    if (count > 0 && document.activeElement === document.body && list.current?.dataset.seen) list.current.focus();
    if (list.current) list.current.dataset.seen = "yes";
  }, [count]);
  if (items === undefined) {
    if (found.error === null) return <Skeleton lines={1} />;
    return (
      <div className="grid justify-items-start gap-2">
        <Trouble>{explain(found.error, text)}</Trouble>
        <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>
      </div>
    );
  }
  if (count === 0) return <p className="text-quiet">{props.empty}</p>;
  return (
    <div className="grid gap-2">
      <ul ref={list} aria-label={props.label} tabIndex={-1} className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.id}>{props.row(item)}</li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button className="justify-self-start" disabled={found.isFetching} onClick={() => void found.fetchNextPage()}>
          {t("do.more")}
        </Button>
      )}
    </div>
  );
}

/** One thing of a list: what it is, what is said of it, and what can be done with it. */
export function Row(props: { title: ReactNode; badge?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
      <div className="min-w-0 grow basis-48">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          <span className="min-w-0">{props.title}</span>
          {props.badge}
        </p>
        {props.children !== undefined && <p className="text-sm text-quiet">{props.children}</p>}
      </div>
      {props.action}
    </div>
  );
}

export function Badge({ children, tone = "plain" }: { children: ReactNode; tone?: "plain" | "good" | "warn" }) {
  const tones = { plain: "bg-sunken text-quiet", good: "bg-tint text-ink", warn: "bg-warn-tint text-warn" };
  return <span className={`rounded-lg px-2 py-0.5 text-sm font-medium ${tones[tone]}`}>{children}</span>;
}
