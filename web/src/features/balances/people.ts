import type { EventOut } from "../../api/client";
import { useSelf } from "../../data/events";
import { type Key, useText } from "../../i18n";

export interface People {
  event: EventOut;
  self: number | undefined;
  /** What a member is called; whoever looks is "You". */
  name: (member: number) => string;
  /** What a member is called by others. */
  called: (member: number) => string;
}

export function usePeople(event: EventOut): People {
  const { t } = useText();
  const self = useSelf(event)?.member;
  const names = new Map(event.members.map((member) => [member.member, member.name]));
  const called = (member: number) => names.get(member) ?? `#${member}`;
  return { event, self, called, name: (member) => (member === self ? t("say.you") : called(member)) };
}

/** A sentence about two people has a form of its own where one of them is whoever looks. */
export type Sentence = "balance.pays" | "balance.owes_for" | "settle.paid" | "settle.why.which";

export function keyOf(sentence: Sentence, people: People, from: number, to: number): Key {
  if (from === people.self) return `${sentence}.you`;
  return to === people.self ? `${sentence}.to_you` : sentence;
}
