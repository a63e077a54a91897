import { type ReactNode, useId } from "react";
import { Link } from "wouter";
import type { Entry } from "../../data/activity";
import { KINDS } from "../../data/realtime";
import { useSession } from "../../data/session";
import { type Key, useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { Money } from "../../ui/money";
import { Avatar } from "../../ui/parts";
import type { People } from "../balances/people";
import { PaidSentence } from "../settling/paid-sentence";
import type { Head } from "./activity-tab";
import { type Change, Differences, eventChanges } from "./differences";

/** What an entry's data may hold, whatever its kind. */
export interface Said {
  expense_id?: string;
  description?: string;
  amount?: string;
  currency?: string;
  diff?: Change[];
  settlement_id?: string;
  from?: number;
  to?: number;
  note?: string | null;
  reason?: string;
  member?: number;
  members?: { member: number }[];
  event?: Head;
}

/** One thing that somebody did, in words, and when. */
export function EntryRow({ people, entry, former }: { people: People; entry: Entry; former: Head | undefined }) {
  const { t, moment } = useText();
  const id = useId();
  const said = entry.data as Said;
  const actor = useActor(people, entry);
  const changes = said.diff ?? eventChanges(entry.kind, former, said.event);
  return (
    <li className="flex gap-3 py-2">
      <Avatar name={actor.member === undefined ? entry.actor.name : people.called(actor.member)} />
      <div className="min-w-0 grow">
        <p id={id}>
          <Rich
            text={t(keyOf(entry.kind, said, actor))}
            parts={{ who: <strong>{actor.name}</strong>, ...partsOf(people, said) }}
          />
        </p>
        <p className="text-sm text-quiet">
          <time dateTime={entry.at}>{moment(entry.at)}</time>
          {(said.reason ?? said.note) && ` · ${said.reason ?? said.note}`}
        </p>
        {changes.length > 0 && (
          <details className="text-sm">
            <summary aria-describedby={id} className="min-h-11 cursor-pointer py-3 text-accent">
              {t("activity.changes")}
            </summary>
            <Differences people={people} changes={changes} currency={said.currency ?? people.event.currency} />
          </details>
        )}
      </div>
    </li>
  );
}

interface Actor {
  name: string;
  own: boolean;
  member: number | undefined;
}

/** Who acted is named by their account; in the event they go by their name there. Guests have no account. */
function useActor({ event, self, name }: People, { actor }: Entry): Actor {
  const { user } = useSession();
  const { t } = useText();
  const seat =
    event.members.find((member) => member.user_id !== null && member.user_id === actor.user_id) ??
    event.members.find((member) => member.user_id === null && member.name === actor.name);
  const own = actor.user_id === user?.id || (seat !== undefined && seat.member === self);
  if (own) return { name: t("say.you"), own, member: self };
  return { name: seat === undefined ? actor.name : name(seat.member), own, member: seat?.member };
}

/** Some things one does to a member are another thing when one does them to oneself: to leave is not to be removed. */
const TO_ONESELF = ["member.added", "member.renamed", "member.changed", "member.left"] as const;

function keyOf(kind: string, said: Said, actor: Actor): Key {
  const you = actor.own ? ".you" : "";
  const own = TO_ONESELF.find((each) => each === kind);
  if (own !== undefined && isOfOneself(said, actor)) return `activity.${own}.self${you}`;
  return `activity.${KINDS.find((each) => each === kind) ?? "other"}${you}`;
}

function isOfOneself({ member, members = [] }: Said, actor: Actor): boolean {
  const whom = members.length === 1 ? members[0]?.member : member;
  return whom !== undefined && whom === actor.member;
}

function partsOf(people: People, said: Said): Record<string, ReactNode> {
  const { from, to, amount } = said;
  const currency = said.currency ?? people.event.currency;
  const payment =
    from !== undefined && to !== undefined && amount !== undefined ? { from, to, amount, currency } : null;
  return {
    what: <What people={people} said={said} />,
    amount: amount !== undefined && <Money amount={amount} currency={currency} className="font-semibold" />,
    member: said.member !== undefined && people.name(said.member),
    members: <Listed names={(said.members ?? []).map(({ member }) => people.name(member))} />,
    paid: payment && <PaidSentence people={people} payment={payment} />,
  };
}

function What({ people, said }: { people: People; said: Said }) {
  return (
    <Link href={`/events/${people.event.id}/expenses/${said.expense_id}`} className="text-accent underline">
      {said.description}
    </Link>
  );
}

function Listed({ names }: { names: string[] }) {
  const { locale } = useText();
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
