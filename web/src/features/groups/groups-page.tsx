import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { UserOut } from "../../api/client";
import { useSession } from "../../data/session";
import { useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { PlusIcon } from "../../ui/icons";
import { Avatar, EmptyState, Skeleton } from "../../ui/parts";
import { explain } from "../identity/parts/explain";
import { Trouble } from "../identity/parts/form";
import { doorPath } from "../identity/parts/next";
import { NewGroupDialog } from "./group-dialogs";
import { type GroupOut, groupsQuery } from "./queries";

export default function GroupsPage() {
  const { t } = useText();
  const { user, known } = useSession();
  const [making, setMaking] = useState(false);
  const add = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <PlusIcon />
      {t("groups.new")}
    </Button>
  );
  return (
    <Frame title={t("nav.groups")}>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="grow text-2xl font-bold">{t("nav.groups")}</h1>
        {user !== null && add}
      </div>
      {!known && <Skeleton />}
      {known && user === null && <ForUsers />}
      {user !== null && <List user={user} />}
      {making && user !== null && <NewGroupDialog user={user} onClose={() => setMaking(false)} />}
    </Frame>
  );
}

/** Groups belong to accounts: say so, and lead to one. */
export function ForUsers() {
  const { t } = useText();
  return (
    <EmptyState
      title={t("groups.for_users")}
      action={
        <LinkButton to={doorPath("/sign-in", location.pathname)} look="primary">
          {t("identity.sign_in")}
        </LinkButton>
      }
    >
      {t("groups.what")}
    </EmptyState>
  );
}

function List({ user }: { user: UserOut }) {
  const text = useText();
  const { t } = text;
  const found = useInfiniteQuery(groupsQuery);
  const groups = found.data?.pages.flatMap((page) => page.items);
  if (groups === undefined) {
    if (found.error === null) return <Skeleton />;
    return (
      <div className="grid justify-items-start gap-2">
        <Trouble>{explain(found.error, text)}</Trouble>
        <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>
      </div>
    );
  }
  if (groups.length === 0) return <EmptyState title={t("groups.none")}>{t("groups.what")}</EmptyState>;
  return (
    <div className="grid gap-3">
      <ul className="grid gap-2">
        {groups.map((group) => (
          <li key={group.id}>
            <GroupCard group={group} user={user} />
          </li>
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

function GroupCard({ group, user }: { group: GroupOut; user: UserOut }) {
  const { t, count } = useText();
  const people = group.members.filter((member) => member.active);
  const names = people.map((member) => (member.user_id === user.id ? t("say.you") : member.name));
  return (
    <Link
      href={`/groups/${group.id}`}
      className="flex items-center gap-3 rounded-card border border-line bg-surface p-3 text-ink no-underline hover:bg-sunken"
    >
      <Avatar name={group.name} />
      <span className="min-w-0 grow">
        <span className="block font-medium">{group.name}</span>
        <span className="line-clamp-2 text-sm text-quiet">
          {count("groups.people_count", people.length)} · {names.slice(0, 6).join(", ")}
        </span>
      </span>
      {group.currency !== null && <span className="shrink-0 text-sm text-quiet">{group.currency}</span>}
    </Link>
  );
}
