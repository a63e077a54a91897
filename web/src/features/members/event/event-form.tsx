import { type FormEvent, useRef, useState } from "react";
import { type EventOut, Refused } from "../../../api/client";
import { refreshEvent } from "../../../data/events";
import { changeEvent, type EventPatch, useWrite } from "../../../data/members";
import { type Key, useText } from "../../../i18n";
import { currencyName } from "../../../money/currency";
import { Button } from "../../../ui/button";
import { SelectField, TextField } from "../../../ui/field";
import { Notice } from "../../../ui/parts";
import { toast } from "../../../ui/toast";
import { KINDS } from "../../events/new/draft";
import { isTooLong } from "../names";
import { refusedField, said } from "../said";
import { useFocusOnTrouble } from "../trouble";
import { Conflict } from "./conflict";
import { changed, EDITORS, patchOf, type Settings, settingsOf, WAYS } from "./settings";

/**
 * Change the settings of an event.
 *
 * What nobody touched here follows what others do; what was touched goes out on the version it was seen in. Others may
 * have changed the event meanwhile: where they changed something else, both changes hold; where they changed the same,
 * whoever is here decides.
 */
export function EventForm({ event }: { event: EventOut }) {
  const text = useText();
  const { t } = text;
  const [edits, setEdits] = useState<Partial<Settings>>({});
  const [base, setBase] = useState(event);
  const [nameError, setNameError] = useState<string>();
  const [tries, setTries] = useState(0);
  const save = useWrite(
    async ({ seen, wanted }: { seen: EventOut; wanted: Partial<Settings> }, key) => sendOver(seen, wanted, key),
    () => {
      setEdits({});
      toast({ text: t("settings.saved") });
    },
  );
  const touched = Object.keys(edits).length > 0;
  const values = { ...settingsOf(event), ...edits };
  const dirty = changed(edits, event).length > 0;
  const theirs =
    save.error instanceof Refused && save.error.code === "event.version_conflict" ? currentOf(save.error) : undefined;

  const form = useRef<HTMLFormElement>(null);
  useFocusOnTrouble(form, tries, save.error);

  function edit(change: Partial<Settings>) {
    if (!touched) setBase(event);
    setEdits({ ...edits, ...change });
    setNameError(undefined);
  }

  function submit(happened: FormEvent) {
    happened.preventDefault();
    if (save.isPending || !dirty) return;
    const name = values.name.trim();
    const wrong = name === "" ? t("say.required") : isTooLong(name) ? t("members.refused.too_long") : undefined;
    setNameError(wrong);
    setTries(tries + 1);
    if (wrong === undefined) save.mutate({ seen: base, wanted: edits });
  }

  function forget() {
    setEdits({});
    setNameError(undefined);
    save.reset();
  }

  return (
    <form ref={form} noValidate onSubmit={submit} className="grid gap-4" aria-busy={save.isPending}>
      <TextField
        label={t("settings.name")}
        value={values.name}
        autoComplete="off"
        onChange={(typed) => edit({ name: typed.target.value })}
        error={nameError ?? refusedField(save.error, "name", text)}
      />
      {event.kind !== "direct" && (
        <SelectField
          label={t("settings.kind")}
          value={values.kind}
          onChange={(chosen) => edit({ kind: chosen.target.value as Settings["kind"] })}
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`newevent.kind.${kind}`)}
            </option>
          ))}
        </SelectField>
      )}
      <SelectField
        label={t("settings.edit_by")}
        hint={t("settings.edit_by.hint")}
        value={values.edit_by}
        onChange={(chosen) => edit({ edit_by: chosen.target.value as Settings["edit_by"] })}
      >
        {EDITORS.map((each) => (
          <option key={each} value={each}>
            {t(`settings.edit_by.${each}`)}
          </option>
        ))}
      </SelectField>
      <WayFields event={event} values={values} edit={edit} />
      <p className="text-sm text-quiet">
        {t("settings.currency.stays", { currency: `${event.currency} · ${currencyName(event.currency, text.locale)}` })}
      </p>
      {theirs !== undefined && (
        <Conflict
          yours={edits}
          theirs={theirs}
          pending={save.isPending}
          onMine={() => {
            setBase(theirs);
            save.mutate({ seen: theirs, wanted: edits });
          }}
          onTheirs={forget}
        />
      )}
      {save.error !== null && theirs === undefined && refusedField(save.error, "name", text) === undefined && (
        <Notice tone="warn">{said(save.error, text)}</Notice>
      )}
      {dirty && theirs === undefined && (
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" disabled={save.isPending}>
            {t("do.save")}
          </Button>
          <Button look="quiet" disabled={save.isPending} onClick={forget}>
            {t("settings.undo")}
          </Button>
        </div>
      )}
    </form>
  );
}

function WayFields(props: { event: EventOut; values: Settings; edit: (change: Partial<Settings>) => void }) {
  const { t } = useText();
  const { values, edit } = props;
  return (
    <>
      <SelectField
        label={t("settings.way")}
        hint={t(`settings.way.${values.way}.what` as Key)}
        value={values.way}
        onChange={(chosen) => edit({ way: chosen.target.value as Settings["way"] })}
      >
        {WAYS.map((way) => (
          <option key={way} value={way}>
            {t(`settings.way.${way}`)}
          </option>
        ))}
      </SelectField>
      {values.way === "hub" && (
        <SelectField
          label={t("settings.hub")}
          value={values.hub ?? ""}
          onChange={(chosen) => edit({ hub: chosen.target.value === "" ? null : Number(chosen.target.value) })}
        >
          <option value="">{t("settings.hub.first_admin")}</option>
          {props.event.members
            .filter((each) => each.active || each.member === values.hub)
            .map((each) => (
              <option key={each.member} value={each.member}>
                {each.name}
              </option>
            ))}
        </SelectField>
      )}
    </>
  );
}

function currentOf(refused: Refused): EventOut | undefined {
  return (refused.problem.current ?? undefined) as EventOut | undefined;
}

/** Send a change; where others changed only other things meanwhile, send it again upon those. */
async function sendOver(seen: EventOut, wanted: Partial<Settings>, key: string): Promise<EventOut> {
  const patch: EventPatch = patchOf(wanted, seen);
  try {
    return await changeEvent(seen.id, seen.version, patch, key);
  } catch (error) {
    const current = error instanceof Refused && error.code === "event.version_conflict" ? currentOf(error) : undefined;
    if (current === undefined) throw error;
    void refreshEvent(seen.id);
    const ours = changed(wanted, current);
    if (changed(settingsOf(seen), current).some((field) => ours.includes(field))) throw error;
    return changeEvent(seen.id, current.version, patchOf(wanted, current), `${key}.${current.version}`);
  }
}
