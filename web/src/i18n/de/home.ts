import type { Texts } from "../catalogue";
import type { home as source } from "../en/home";

export const home: Texts<typeof source> = {
  "home.events": "Events",
  "home.new_event": "Neues Event",
  "home.empty": "Beginne mit einem Event",
  "home.empty.what":
    "Ein Essen, eine Reise, eine WG: alles, wofür ihr gemeinsam zahlt. Trag die Leute ein und dann, was jeder bezahlt hat.",
  "home.search": "Events durchsuchen",
  "home.none_found": "Kein Event heißt so.",
  "home.archived": "Archivierte Events",
  "home.people.one": "{count} Person",
  "home.people.other": "{count} Personen",
  "home.unsent.one": "{count} Änderung wartet darauf, gesendet zu werden.",
  "home.unsent.other": "{count} Änderungen warten darauf, gesendet zu werden.",
  "home.unsent_others.one": "{count} Änderung wartet hier, bis sich wieder anmeldet, wer sie gemacht hat.",
  "home.unsent_others.other": "{count} Änderungen warten hier, bis sich wieder anmeldet, wer sie gemacht hat.",
  "home.guest.what":
    "Du bist Gast auf diesem Gerät. Mit einem Konto findest du deine Events auf jedem Gerät und siehst, was du insgesamt schuldest.",
  "home.sign_up": "Konto anlegen",
  "home.sign_in": "Anmelden",
  "home.totals": "Über alle Events",
  "home.you_owe": "Du schuldest",
  "home.you_are_owed": "Du bekommst",
  "home.square": "Alles ausgeglichen",
  "home.square.what": "Niemand schuldet dir etwas, und du schuldest niemandem etwas.",
  "home.by_person": "Nach Person",
  "home.owes_you": "{name} schuldet dir",
  "home.you_owe_them": "Du schuldest {name}",
  "welcome.title": "Gemeinsames Geld, alles quitt.",
  "welcome.what":
    "Schreib auf, wer was bezahlt hat. Allsquare weiß, wer wem etwas schuldet, warum, und mit welchen wenigen Zahlungen alles ausgeglichen ist.",
  "welcome.link": "Hast du einen Link bekommen?",
  "welcome.link.what": "Öffne ihn auf diesem Gerät: du brauchst kein Konto, um mitzumachen.",
};
