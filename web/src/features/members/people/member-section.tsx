import { useDeferredValue, useState } from "react";
import type { EventOut, MemberOut } from "../../../api/client";
import type { Standing } from "../../../data/members";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { folded } from "../names";
import { Rows, Section } from "../section";
import { AddForm } from "./add-form";
import { MemberDialog } from "./member-dialog";
import { MemberRow } from "./member-row";

const SEARCH_FROM = 20;
const PAGE = 50;

/** Who takes part: found, added, opened one by one. */
export function MemberSection({ event, standing }: { event: EventOut; standing: Standing }) {
  const { t, count } = useText();
  const [opened, setOpened] = useState<number | null>(null);
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(PAGE);
  const search = folded(useDeferredValue(typed));
  const active = event.members.filter((each) => each.active);
  const found = inOrder(event.members, standing.self?.member).filter((each) => folded(each.name).includes(search));
  const adds = standing.role !== "viewer" && event.status !== "archived" && event.kind !== "direct";
  const member = event.members.find((each) => each.member === opened);
  return (
    <Section
      title={t("members.title")}
      aside={<span className="text-quiet">{count("members.count", active.length)}</span>}
    >
      {adds && <AddForm eventId={event.id} names={active.map((each) => each.name)} />}
      {event.members.length > SEARCH_FROM && (
        <TextField
          type="search"
          label={t("members.search")}
          value={typed}
          onChange={(event_) => {
            setTyped(event_.target.value);
            setShown(PAGE);
          }}
        />
      )}
      <Rows>
        {found.slice(0, shown).map((each) => (
          <li key={each.member}>
            <MemberRow member={each} isSelf={each.member === standing.self?.member} onOpen={setOpened} />
          </li>
        ))}
        {found.length === 0 && <li className="p-4 text-quiet">{t("members.none_found")}</li>}
      </Rows>
      {found.length > shown && (
        <Button onClick={() => setShown(shown + PAGE * 4)}>{count("members.more", found.length - shown)}</Button>
      )}
      <p className="sr-only" aria-live="polite">
        {search !== "" && count("members.found", found.length)}
      </p>
      {member !== undefined && (
        <MemberDialog event={event} member={member} standing={standing} onClose={() => setOpened(null)} />
      )}
    </Section>
  );
}

/** Oneself first, then as they joined; those who left come last. */
function inOrder(members: readonly MemberOut[], self: number | undefined): MemberOut[] {
  const place = (each: MemberOut) => (each.member === self ? 0 : each.active ? 1 : 2);
  return [...members].sort((one, other) => place(one) - place(other) || one.member - other.member);
}
