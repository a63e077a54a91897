import type { EventOut } from "../../../api/client";
import { type Key, type Text, useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { changed, type Field, type Settings, settingsOf } from "./settings";

/** Somebody else changed the same settings first: what they chose, what you chose, and who wins. */
export function Conflict(props: {
  yours: Partial<Settings>;
  theirs: EventOut;
  pending: boolean;
  onMine: () => void;
  onTheirs: () => void;
}) {
  const text = useText();
  const { t } = text;
  const theirs = settingsOf(props.theirs);
  const fields = changed(props.yours, props.theirs);
  return (
    <div role="alert" className="grid gap-3 rounded-card bg-warn-tint p-4 text-warn">
      <p>{t("settings.conflict")}</p>
      <dl className="grid gap-2">
        {fields.map((field) => (
          <div key={field}>
            <dt className="font-semibold">{t(`settings.${field}` as Key)}</dt>
            <dd>{t("settings.conflict.theirs", { value: shown(field, theirs, props.theirs, text) })}</dd>
            <dd>
              {t("settings.conflict.yours", { value: shown(field, { ...theirs, ...props.yours }, props.theirs, text) })}
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={props.pending} onClick={props.onMine}>
          {t("settings.conflict.mine")}
        </Button>
        <Button disabled={props.pending} onClick={props.onTheirs}>
          {t("settings.conflict.keep")}
        </Button>
      </div>
    </div>
  );
}

function shown(field: Field, settings: Settings, event: EventOut, { t }: Text): string {
  if (field === "name") return settings.name;
  if (field !== "hub")
    return t((field === "kind" ? `newevent.kind.${settings.kind}` : `settings.${field}.${settings[field]}`) as Key);
  return event.members.find((each) => each.member === settings.hub)?.name ?? t("settings.hub.first_admin");
}
