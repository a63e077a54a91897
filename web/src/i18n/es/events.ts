import type { Texts } from "../catalogue";
import type { events as source } from "../en/events";

export const events: Texts<typeof source> = {
  "event.parts": "Partes del evento",
  "event.tab.expenses": "Gastos",
  "event.tab.balances": "Saldos",
  "event.tab.settle": "Saldar",
  "event.tab.activity": "Actividad",
  "event.tab.settings": "Ajustes",
  "event.status.new": "Nuevo",
  "event.status.active": "Activo",
  "event.status.settlement": "Saldando",
  "event.status.cleared": "Todo saldado",
  "event.status.archived": "Archivado",
};
