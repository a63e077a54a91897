import type { Texts } from "../catalogue";
import type { events as source } from "../en/events";

export const events: Texts<typeof source> = {
  "event.parts": "Teile des Events",
  "event.tab.expenses": "Ausgaben",
  "event.tab.balances": "Salden",
  "event.tab.settle": "Ausgleichen",
  "event.tab.activity": "Verlauf",
  "event.tab.settings": "Einstellungen",
  "event.status.new": "Neu",
  "event.status.active": "Läuft",
  "event.status.settlement": "Wird ausgeglichen",
  "event.status.cleared": "Alles ausgeglichen",
  "event.status.archived": "Archiviert",
};
