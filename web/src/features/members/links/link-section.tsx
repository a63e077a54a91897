import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EventOut } from "../../../api/client";
import { type EventLink, linksQuery } from "../../../data/members";
import { type Key, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { ArrowIcon, PlusIcon } from "../../../ui/icons";
import { Notice, Skeleton } from "../../../ui/parts";
import { said } from "../said";
import { Rows, Section } from "../section";
import LinkDialog from "./link-dialog";
import { NewLinkDialog } from "./new-link-dialog";
import { usesOf } from "./uses";

const FIRST = 10;

/** The links that let people in: for admins alone, because whoever sees a link can use it. */
export function LinkSection({ event, managed }: { event: EventOut; managed: boolean }) {
  const { t } = useText();
  const [making, setMaking] = useState(false);
  const [opened, setOpened] = useState<string | null>(null);
  if (!managed) {
    if (event.status === "archived") return null;
    return (
      <Section title={t("links.title")}>
        <p className="text-quiet">{t("links.admins_only")}</p>
      </Section>
    );
  }
  return (
    <Section
      title={t("links.title")}
      lead={t("links.what")}
      aside={
        <Button look="primary" onClick={() => setMaking(true)}>
          <PlusIcon />
          {t("links.new")}
        </Button>
      }
    >
      <Links eventId={event.id} opened={opened} onOpen={setOpened} />
      {making && (
        <NewLinkDialog
          eventId={event.id}
          onClose={() => setMaking(false)}
          onMade={(link) => {
            setMaking(false);
            setOpened(link.id);
          }}
        />
      )}
    </Section>
  );
}

function Links(props: { eventId: string; opened: string | null; onOpen: (id: string | null) => void }) {
  const text = useText();
  const { t } = text;
  const { data, error, refetch } = useQuery(linksQuery(props.eventId));
  const [all, setAll] = useState(false);
  if (data === undefined) {
    if (error === null) return <Skeleton lines={1} />;
    return (
      <Notice tone="warn" action={<Button onClick={() => void refetch()}>{t("do.retry")}</Button>}>
        {said(error, text)}
      </Notice>
    );
  }
  if (data.length === 0) return <p className="text-quiet">{t("links.none")}</p>;
  // Those that still let people in come first.
  const links = [...data].sort((one, other) => Number(other.status === "open") - Number(one.status === "open"));
  const opened = data.find((each) => each.id === props.opened);
  return (
    <>
      <Rows>
        {links.slice(0, all ? links.length : FIRST).map((link) => (
          <li key={link.id}>
            <LinkRow link={link} onOpen={props.onOpen} />
          </li>
        ))}
      </Rows>
      {links.length > FIRST && !all && <Button onClick={() => setAll(true)}>{t("do.more")}</Button>}
      {opened !== undefined && <LinkDialog eventId={props.eventId} link={opened} onClose={() => props.onOpen(null)} />}
    </>
  );
}

function LinkRow({ link, onOpen }: { link: EventLink; onOpen: (id: string) => void }) {
  const text = useText();
  const { t } = text;
  const open = link.status === "open";
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={() => onOpen(link.id)}
      className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start -outline-offset-2 hover:bg-sunken"
    >
      <span className="min-w-0 grow">
        <span className={`block ${open ? "" : "text-quiet"}`}>
          {t(`links.role.${link.role}` as Key)}
          {link.email !== null && ` · ${link.email}`}
        </span>
        <span className="block text-sm text-quiet">
          {t(`links.status.${link.status}` as Key)} · {usesOf(link, text)}
          {open && ` · ${t("links.until", { date: text.moment(link.expires_at) })}`}
        </span>
      </span>
      <span className="text-quiet">
        <ArrowIcon />
      </span>
    </button>
  );
}
