import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { answer, api, Refused, type UserOut } from "../../api/client";
import { useSession } from "../../data/session";
import { useText } from "../../i18n";
import { type Currency, currencyName } from "../../money/currency";
import { Button, LinkButton } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { EmptyState, Skeleton } from "../../ui/parts";
import { ConfirmDialog } from "../identity/parts/confirm";
import { explain } from "../identity/parts/explain";
import { Trouble } from "../identity/parts/form";
import { Section } from "../identity/parts/section";
import { EditGroupDialog } from "./group-dialogs";
import { ForUsers } from "./groups-page";
import { dropGroup, type GroupOut, groupQuery, refreshGroup } from "./queries";
import { Roster } from "./roster";
import { standingIn } from "./standing";

export default function GroupPage({ groupId }: { groupId: string }) {
  const text = useText();
  const { t } = text;
  const { user, known } = useSession();
  const found = useQuery({ ...groupQuery(groupId), enabled: user !== null });
  if (known && user === null) {
    return (
      <Frame title={t("nav.groups")}>
        <h1 className="mb-4 text-2xl font-bold">{t("nav.groups")}</h1>
        <ForUsers />
      </Frame>
    );
  }
  if (user !== null && found.data !== undefined && found.error === null) {
    return <Shown key={groupId} group={found.data} user={user} />;
  }
  if (found.error instanceof Refused && found.error.status !== 429) {
    return (
      <Frame title={t("app.not_found")}>
        <EmptyState alone title={t("app.not_found")} action={<LinkButton to="/groups">{t("nav.groups")}</LinkButton>}>
          {t("app.not_found.what")}
        </EmptyState>
      </Frame>
    );
  }
  if (user !== null && found.data !== undefined) return <Shown key={groupId} group={found.data} user={user} />;
  return (
    <Frame title={t("nav.groups")}>
      {found.error === null ? (
        <Skeleton />
      ) : (
        <div className="grid justify-items-start gap-2">
          <Trouble>{explain(found.error, text)}</Trouble>
          <Button onClick={() => void found.refetch()}>{t("do.retry")}</Button>
        </div>
      )}
    </Frame>
  );
}

function Shown({ group, user }: { group: GroupOut; user: UserOut }) {
  const { t, count, locale } = useText();
  const [editing, setEditing] = useState(false);
  const { role } = standingIn(group, user);
  const people = group.members.filter((member) => member.active).length;
  const currency = group.currency as Currency | null;
  return (
    <Frame title={group.name}>
      <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 grow">
          <h1 className="text-2xl font-bold">{group.name}</h1>
          <p className="text-quiet">
            {count("groups.people_count", people)}
            {currency !== null && ` · ${currencyName(currency, locale)} (${currency})`}
          </p>
        </div>
        {role === "admin" && (
          <Button aria-label={t("groups.edit")} onClick={() => setEditing(true)}>
            {t("do.edit")}
          </Button>
        )}
      </div>
      <div className="grid gap-4">
        <LinkButton to={`/new?group=${group.id}`} look="primary" className="justify-self-start">
          {t("groups.start_event")}
        </LinkButton>
        <Roster group={group} user={user} />
        <Ends group={group} user={user} />
      </div>
      {editing && <EditGroupDialog group={group} onClose={() => setEditing(false)} />}
    </Frame>
  );
}

/** The ways out: one leaves a group, or deletes it. */
function Ends({ group, user }: { group: GroupOut; user: UserOut }) {
  const { t } = useText();
  const [, go] = useLocation();
  const [ending, setEnding] = useState<"leave" | "delete">();
  const { role, own } = standingIn(group, user);
  if (own === undefined && role !== "admin") return null;

  async function leave(): Promise<void> {
    if (own === undefined) return;
    const params = { path: { group_id: group.id, member: own.member } };
    await answer(api.DELETE("/v1/groups/{group_id}/members/{member}", { params }));
    dropGroup(group.id);
    go("/groups", { replace: true });
  }

  async function remove(): Promise<void> {
    const params = { path: { group_id: group.id }, header: { "If-Match": `"${group.version}"` } };
    try {
      await answer(api.DELETE("/v1/groups/{group_id}", { params }));
    } catch (error) {
      // Somebody changed it meanwhile: show how it is now, and let them decide again.
      if (error instanceof Refused && error.status === 409) await refreshGroup(group.id);
      throw error;
    }
    dropGroup(group.id);
    go("/groups", { replace: true });
  }

  return (
    <Section title={t("groups.ends")} lead={t("groups.ends.what")}>
      <div className="flex flex-wrap gap-2">
        {own !== undefined && (
          <Button look="danger" onClick={() => setEnding("leave")}>
            {t("groups.leave")}
          </Button>
        )}
        {role === "admin" && (
          <Button look="danger" onClick={() => setEnding("delete")}>
            {t("groups.delete")}
          </Button>
        )}
      </div>
      {ending === "leave" && (
        <ConfirmDialog
          title={t("groups.leave")}
          action={t("groups.leave")}
          run={leave}
          onClose={() => setEnding(undefined)}
        >
          {t("groups.leave.what", { group: group.name })}
        </ConfirmDialog>
      )}
      {ending === "delete" && (
        <ConfirmDialog
          title={t("groups.delete")}
          action={t("groups.delete")}
          run={remove}
          onClose={() => setEnding(undefined)}
        >
          {t("groups.delete.what", { group: group.name })}
        </ConfirmDialog>
      )}
    </Section>
  );
}
