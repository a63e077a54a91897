import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { Refused, type UserOut } from "../../../api/client";
import { eventsQuery } from "../../../data/events";
import { type Created, createEvent, type NewEvent, useWrite } from "../../../data/members";
import { useReach } from "../../../data/online";
import { useText } from "../../../i18n";
import { type Currency, isCurrency } from "../../../money/currency";
import { Button } from "../../../ui/button";
import { CurrencyPicker } from "../../../ui/currency-picker";
import { TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { PeopleField } from "../../members/people-field";
import { refusedField, said } from "../../members/said";
import { useFocusOnTrouble } from "../../members/trouble";
import { type Draft, forgetDraft, useDraft } from "./draft";
import { GroupField } from "./group-field";
import { KindField } from "./kind-field";
import { checkDraft, type Roster, useRoster, type Wrong } from "./roster";
import { usualCurrency } from "./usual-currency";

export function NewEventForm(props: { user: UserOut; groupId: string | null; onCreated: (created: Created) => void }) {
  const text = useText();
  const { t } = text;
  const { draft, change: keep } = useDraft(props.user.id, props.groupId);
  const [tries, setTries] = useState(0);
  const reach = useReach();
  const form = useRef<HTMLFormElement>(null);
  const roster = useRoster(draft, props.user);
  const { group } = roster;
  const used = useUsedCurrencies();
  const likely = useMemo(
    () => [...used, usualCurrency(text.locale), "EUR" as const, "USD" as const],
    [used, text.locale],
  );
  const currency = draft.currency ?? currencyOf(group) ?? likely[0] ?? "EUR";
  const create = useWrite(
    (event: NewEvent, key) => createEvent(draft.id, event, key),
    (created) => {
      forgetDraft();
      props.onCreated(created);
    },
  );
  const { error } = create;
  const checked = checkDraft(draft, roster, text);
  const wrong: Wrong = tries === 0 ? {} : checked.wrong;
  useBegin(form);
  useFocusOnTrouble(form, tries, error);

  function change(what: Partial<Draft>) {
    keep(what);
    if (create.isError) create.reset();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (create.isPending || roster.waiting) return;
    setTries(tries + 1);
    change({ people: checked.people, typed: checked.left.join(", ") });
    if (!checked.good) return;
    create.mutate({
      name: draft.name.trim(),
      kind: draft.kind,
      currency,
      group_id: group?.id ?? null,
      members: [
        ...(roster.me === null ? [] : [{ name: roster.me.trim(), me: true }]),
        ...checked.people.map((name) => ({ name, me: false })),
      ],
    });
  }

  return (
    <form ref={form} noValidate onSubmit={submit} className="grid gap-5" aria-busy={create.isPending}>
      <TextField
        label={t("newevent.name")}
        placeholder={t("newevent.name.example")}
        value={draft.name}
        autoComplete="off"
        required
        onChange={(event) => change({ name: event.target.value })}
        error={wrong.name ?? refusedField(error, "name", text)}
      />
      <KindField value={draft.kind} onChange={(kind) => change({ kind })} />
      <CurrencyPicker
        label={t("newevent.currency")}
        value={currency}
        likely={likely}
        onChange={(chosen) => change({ currency: chosen })}
        error={refusedField(error, "currency", text)}
      />
      <GroupField roster={roster} userId={props.user.id} onChange={(groupId) => change({ groupId })} />
      {roster.me !== null && (
        <TextField
          label={t("newevent.me")}
          hint={t("newevent.me.hint")}
          value={roster.me}
          autoComplete="off"
          onChange={(event) => change({ me: event.target.value })}
          error={wrong.me}
        />
      )}
      <PeopleField
        label={t(group === undefined ? "newevent.people" : "newevent.people.more")}
        hint={t("newevent.people.hint")}
        people={draft.people}
        others={roster.others}
        typed={draft.typed}
        onTyped={(typed) => change({ typed })}
        onChange={(people) => change({ people })}
        error={wrong.people ?? refusedField(error, "members", text)}
      />
      {reach === "offline" && <Notice tone="warn">{t("newevent.offline")}</Notice>}
      {error !== null && reach !== "offline" && !isShown(error) && <Notice tone="warn">{said(error, text)}</Notice>}
      <Button
        type="submit"
        look="primary"
        disabled={create.isPending || roster.waiting}
        className="sm:justify-self-start"
      >
        {t(create.isPending ? "newevent.creating" : "newevent.create")}
      </Button>
    </form>
  );
}

const SHOWN = ["name", "currency", "members"];

function isShown(error: Error): boolean {
  return error instanceof Refused && SHOWN.some((field) => error.of(field) !== undefined);
}

function currencyOf(group: Roster["group"]): Currency | undefined {
  return group?.currency != null && isCurrency(group.currency) ? group.currency : undefined;
}

/** The currencies of one's events, the newest first. */
function useUsedCurrencies(): Currency[] {
  const { data } = useQuery(eventsQuery);
  return useMemo(() => [...new Set((data ?? []).map((each) => each.currency))].filter(isCurrency), [data]);
}

/** Begin where one types first. */
function useBegin(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const first = form.current?.querySelector("input");
    if (first?.value === "") first.focus();
  }, [form]);
}
