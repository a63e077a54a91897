import { useState } from "react";
import { useLocation } from "wouter";
import type { EventOut, MemberOut } from "../../../api/client";
import { refreshEvent } from "../../../data/events";
import { partFromEvent, type Standing } from "../../../data/members";
import { type Key, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { toast } from "../../../ui/toast";
import { MemberForm } from "./member-form";
import { MergeView } from "./merge-view";
import { may } from "./permitted";
import { RemoveView } from "./remove-view";
import { shownWeight } from "./weight";

/** All of one member: to look at, to change, to merge, to let go. */
export function MemberDialog(props: { event: EventOut; member: MemberOut; standing: Standing; onClose: () => void }) {
  const { event, member, standing, onClose } = props;
  const { t } = useText();
  const [, go] = useLocation();
  const [view, setView] = useState<"edit" | "merge" | "remove">("edit");
  const permitted = may(event, member, standing);

  function gone() {
    onClose();
    if (!permitted.isSelf) {
      toast({ text: t("members.removed", { name: member.name }) });
      void refreshEvent(event.id);
      return;
    }
    toast({ text: t("members.left.done", { event: event.name }) });
    go("/");
    void partFromEvent(event.id);
  }

  return (
    <Dialog title={member.name} onClose={onClose}>
      {view === "merge" && (
        <MergeView
          event={event}
          member={member}
          guest={standing.guest}
          onBack={() => setView("edit")}
          onDone={onClose}
        />
      )}
      {view === "remove" && (
        <RemoveView
          event={event}
          member={member}
          isSelf={permitted.isSelf}
          onBack={() => setView("edit")}
          onDone={gone}
          {...(permitted.merge ? { onMerge: () => setView("merge") } : {})}
        />
      )}
      {view === "edit" && (
        <div className="grid gap-5">
          {permitted.edit ? (
            <MemberForm event={event} member={member} permitted={permitted} onDone={onClose} />
          ) : (
            <Facts event={event} member={member} />
          )}
          {permitted.accountGuarded && <p className="text-sm text-quiet">{t("members.account_guarded")}</p>}
          {(permitted.merge || permitted.remove) && (
            <div className="flex flex-wrap gap-2 border-t border-line pt-4">
              {permitted.merge && <Button onClick={() => setView("merge")}>{t("members.merge")}</Button>}
              {permitted.remove && (
                <Button look="danger" onClick={() => setView("remove")}>
                  {t(permitted.isSelf ? "members.leave" : "members.remove")}
                </Button>
              )}
            </div>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Facts({ event, member }: { event: EventOut; member: MemberOut }) {
  const { t, locale } = useText();
  const facts = [
    [t("members.role"), t(`members.role.${member.role}` as Key)],
    [t("members.known_by"), t(member.user_id === null ? "members.guest" : "members.account")],
    [t("members.weight"), shownWeight(member.weight, locale)],
  ];
  return (
    <div className="grid gap-3">
      {!member.active && <p>{t("members.left.what")}</p>}
      <dl className="grid gap-3">
        {facts.map(([term, fact]) => (
          <div key={term}>
            <dt className="text-sm text-quiet">{term}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      {event.status !== "archived" && <p className="text-sm text-quiet">{t("members.admins_only")}</p>}
    </div>
  );
}
