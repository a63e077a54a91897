import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { EventOut } from "../../api/client";
import { eventQuery, eventsQuery, seatsQuery } from "../../data/events";
import { useSession } from "../../data/session";
import { type Key, useText } from "../../i18n";
import { Button, LinkButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Frame } from "../../ui/frame";
import { PlusIcon } from "../../ui/icons";
import { Avatar, Card, EmptyState, Notice, Skeleton } from "../../ui/parts";
import { wording } from "../../ui/wording";
import { loadEventPage } from "../events/load";
import { ClaimNotice } from "../identity/claim-notice";
import { Totals } from "./totals";
import { OthersWaiting, Unsent } from "./unsent";
import { Welcome } from "./welcome";

const SEARCH_FROM = 12;

export function HomePage() {
  const { t } = useText();
  const { user, known } = useSession();
  const seats = useQuery(seatsQuery);
  if (!known || seats.data === undefined) {
    return (
      <Frame>
        <Skeleton lines={4} />
      </Frame>
    );
  }
  if (user === null && seats.data.length === 0) return <Welcome />;
  return (
    <Frame>
      <h1 className="sr-only">{t("nav.home")}</h1>
      <div className="grid gap-5">
        {user !== null && <Totals user={user} />}
        <Unsent />
        <OthersWaiting />
        {user !== null && <ClaimNotice />}
        {user === null ? <GuestEvents /> : <OwnEvents />}
      </div>
    </Frame>
  );
}

function OwnEvents() {
  const text = useText();
  const { t } = text;
  const { data, error, refetch } = useQuery(eventsQuery);
  const add = (
    <LinkButton to="/new" look="primary">
      <PlusIcon />
      {t("home.new_event")}
    </LinkButton>
  );
  if (data === undefined) {
    if (error === null) return <Skeleton />;
    return (
      <Notice tone="warn" action={<Button onClick={() => void refetch()}>{t("do.retry")}</Button>}>
        {wording(error, text)}
      </Notice>
    );
  }
  const open = data.filter((event) => event.status !== "archived");
  const archived = data.filter((event) => event.status === "archived");
  return (
    <>
      {open.length === 0 ? (
        <EmptyState title={t("home.empty")} action={add}>
          {t("home.empty.what")}
        </EmptyState>
      ) : (
        <section className="grid gap-3">
          <div className="flex items-center gap-3">
            <h2 className="grow text-lg font-semibold">{t("home.events")}</h2>
            {add}
          </div>
          <Findable events={open} />
        </section>
      )}
      {archived.length > 0 && (
        <details>
          <summary className="min-h-11 cursor-pointer py-2 text-quiet">{t("home.archived")}</summary>
          <EventList events={archived} />
        </details>
      )}
    </>
  );
}

function GuestEvents() {
  const { t } = useText();
  return (
    <section className="grid gap-3">
      <h2 className="text-lg font-semibold">{t("home.events")}</h2>
      <GuestSeats />
      <Card>
        <p className="mb-3">{t("home.guest.what")}</p>
        <div className="flex flex-wrap gap-2">
          <LinkButton to="/sign-up" look="primary">
            {t("home.sign_up")}
          </LinkButton>
          <LinkButton to="/sign-in">{t("home.sign_in")}</LinkButton>
        </div>
      </Card>
    </section>
  );
}

/** Events that somebody is a guest of on this device; who is signed in is asked as themselves, and no guest. */
function GuestSeats() {
  const seats = useQuery(seatsQuery).data ?? [];
  const found = useQueries({ queries: seats.map((seat) => eventQuery(seat.event_id)) });
  const events = found.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return events.length === 0 ? null : <EventList events={events} />;
}

/** A list that can be looked through where it is long. */
function Findable({ events }: { events: EventOut[] }) {
  const { t, locale } = useText();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLocaleLowerCase(locale);
  const found = events.filter((event) => event.name.toLocaleLowerCase(locale).includes(wanted));
  return (
    <>
      {events.length >= SEARCH_FROM && (
        <TextField
          label={t("home.search")}
          labelHidden
          type="search"
          placeholder={t("home.search")}
          value={search}
          onChange={(typed) => setSearch(typed.target.value)}
        />
      )}
      {found.length === 0 ? <p className="text-quiet">{t("home.none_found")}</p> : <EventList events={found} />}
    </>
  );
}

function EventList({ events }: { events: EventOut[] }) {
  // One of these is opened next.
  useEffect(() => void loadEventPage(), []);
  const { t, count } = useText();
  return (
    <ul className="grid gap-2">
      {events.map((event) => (
        <li key={event.id}>
          <Link
            href={`/events/${event.id}`}
            className="flex items-center gap-3 rounded-card border border-line bg-surface p-3 text-ink no-underline hover:bg-sunken"
          >
            <Avatar name={event.name} />
            <span className="min-w-0 grow">
              <span className="block font-medium">{event.name}</span>
              <span className="block text-sm text-quiet">
                {t(`event.status.${event.status}` as Key)} ·{" "}
                {count("home.people", event.members.filter((member) => member.active).length)}
              </span>
            </span>
            <span className="shrink-0 text-sm text-quiet">{event.currency}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
