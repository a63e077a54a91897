import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { expensesQuery, useEvent, useRole } from "../../data/events";
import { overlay } from "../../data/outbox/overlay";
import { useWaiting } from "../../data/outbox/use-outbox";
import { useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { PlusIcon } from "../../ui/icons";
import { EmptyState, Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { InviteCard } from "../members/invite-card";
import { ExpenseList } from "./expense-list";
import { Troubles } from "./troubles";

const loadForm = () => import("./expense-form");
const ExpenseForm = lazy(loadForm);
const ExpenseDialog = lazy(() => import("./expense-dialog"));
const SEARCH_FROM = 12;

export function ExpensesTab({ eventId }: { eventId: string }) {
  const event = useEvent(eventId).data;
  const role = useRole(event);
  const [path, go] = useLocation();
  const [, , , part, id, deed] = path.split("/");
  // The form is wanted next: let it be there before it is asked for.
  useEffect(() => void loadForm(), []);
  if (event === undefined) return null;
  const mayAdd = role !== "viewer" && (event.status === "new" || event.status === "active");
  const close = () => go(`/events/${eventId}`, { replace: true });
  return (
    <>
      <Troubles event={event} />
      <Listed eventId={eventId} mayAdd={mayAdd} />
      {mayAdd && <AddButton eventId={eventId} />}
      <Suspense fallback={null}>
        {path.endsWith("/new") && <ExpenseForm event={event} onClose={close} />}
        {part === "expenses" && id !== undefined && deed === undefined && (
          <ExpenseDialog key={id} event={event} expenseId={id} onClose={close} />
        )}
        {part === "expenses" && id !== undefined && (deed === "edit" || deed === "copy") && (
          <ExpenseForm key={`${id}/${deed}`} event={event} expenseId={id} copy={deed === "copy"} onClose={close} />
        )}
      </Suspense>
    </>
  );
}

function AddButton({ eventId }: { eventId: string }) {
  const { t } = useText();
  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-0 z-20 mx-auto flex max-w-3xl justify-end p-4 pb-[max(1rem,env(safe-area-inset-bottom))]">
      <LinkButton to={`/events/${eventId}/new`} look="primary" className="pointer-events-auto min-h-14 px-6 shadow-lg">
        <PlusIcon />
        {t("expense.add")}
      </LinkButton>
    </div>
  );
}

function NotYet({ error, again }: { error: Error | null; again: () => void }) {
  const text = useText();
  if (error === null) return <Skeleton lines={5} />;
  return (
    <Notice tone="warn" action={<Button onClick={again}>{text.t("do.retry")}</Button>}>
      {wording(error, text)}
    </Notice>
  );
}

function Empty({ eventId, mayAdd }: { eventId: string; mayAdd: boolean }) {
  const { t } = useText();
  return (
    <div className="grid gap-4">
      <EmptyState title={t("expense.empty")}>{t(mayAdd ? "expense.empty.what" : "expense.empty.viewer")}</EmptyState>
      <InviteCard eventId={eventId} />
    </div>
  );
}

function NoneFound() {
  const { t } = useText();
  return <EmptyState title={t("expense.none_found")} />;
}

function Listed({ eventId, mayAdd }: { eventId: string; mayAdd: boolean }) {
  const { t } = useText();
  const event = useEvent(eventId).data;
  const waiting = useWaiting(eventId);
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  // While another search is under way, what was found before stays, and the field that one types in with it.
  const asked = {
    ...expensesQuery(eventId, wanted === "" ? {} : { search: wanted }),
    placeholderData: keepPreviousData,
  };
  const found = useInfiniteQuery(asked);
  const shown = useMemo(() => {
    const known = found.data?.pages.flatMap((page) => page.items) ?? [];
    return overlay(known, wanted === "" ? waiting : [], event?.currency ?? "EUR");
  }, [found.data, waiting, event?.currency, wanted]);
  if (event === undefined) return null;
  if (found.data === undefined && shown.length === 0) {
    return <NotYet error={found.error} again={() => void found.refetch()} />;
  }
  return (
    <>
      {(search !== "" || shown.length >= SEARCH_FROM) && (
        <div className="mb-3">
          <TextField
            label={t("do.search")}
            labelHidden
            type="search"
            placeholder={t("expense.search")}
            value={search}
            onChange={(typed) => setSearch(typed.target.value)}
          />
        </div>
      )}
      {shown.length === 0 && (wanted === "" ? <Empty eventId={eventId} mayAdd={mayAdd} /> : <NoneFound />)}
      {shown.length > 0 && (
        <ExpenseList
          event={event}
          expenses={shown}
          more={found.hasNextPage && !found.isFetchingNextPage ? () => void found.fetchNextPage() : undefined}
        />
      )}
    </>
  );
}
