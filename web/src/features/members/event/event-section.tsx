import type { EventOut } from "../../../api/client";
import { type Key, useText } from "../../../i18n";
import { currencyName } from "../../../money/currency";
import { Card } from "../../../ui/parts";
import { Section } from "../section";
import { EventForm } from "./event-form";
import { settingsOf } from "./settings";

/** What the event is called and how it is run: for admins to change, for all to see. */
export function EventSection({ event, managed }: { event: EventOut; managed: boolean }) {
  const { t } = useText();
  const locked = event.status !== "archived" && !managed;
  return (
    <Section title={t("settings.event")} {...(locked ? { lead: t("settings.event.admins_only") } : {})}>
      <Card>{managed ? <EventForm event={event} /> : <Facts event={event} />}</Card>
    </Section>
  );
}

function Facts({ event }: { event: EventOut }) {
  const { t, locale } = useText();
  const { name, kind, edit_by, way } = settingsOf(event);
  const facts = [
    [t("settings.name"), name],
    [t("settings.kind"), t(`newevent.kind.${kind}` as Key)],
    [t("settings.currency"), `${event.currency} · ${currencyName(event.currency, locale)}`],
    [t("settings.edit_by"), t(`settings.edit_by.${edit_by}` as Key)],
    [t("settings.way"), t(`settings.way.${way}` as Key)],
  ];
  return (
    <dl className="grid gap-3">
      {facts.map(([term, fact]) => (
        <div key={term}>
          <dt className="text-sm text-quiet">{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
