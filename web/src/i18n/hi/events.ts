import type { Texts } from "../catalogue";
import type { events as source } from "../en/events";

export const events: Texts<typeof source> = {
  "event.parts": "इवेंट के भाग",
  "event.tab.expenses": "ख़र्च",
  "event.tab.balances": "हिसाब",
  "event.tab.settle": "चुकाएँ",
  "event.tab.activity": "गतिविधि",
  "event.tab.settings": "सेटिंग",
  "event.status.new": "नया",
  "event.status.active": "चालू",
  "event.status.settlement": "चुकाया जा रहा है",
  "event.status.cleared": "सब बराबर",
  "event.status.archived": "संग्रहीत",
};
