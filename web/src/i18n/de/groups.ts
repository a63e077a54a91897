import type { Texts } from "../catalogue";
import type { groups as source } from "../en/groups";

export const groups: Texts<typeof source> = {
  "groups.what":
    "Eine Gruppe ist eine Liste von Leuten, mit denen du immer wieder teilst. Ein Event kann mit ihnen allen beginnen.",
  "groups.none": "Du hast noch keine Gruppe",
  "groups.for_users": "Für Gruppen brauchst du ein Konto",
  "groups.new": "Neue Gruppe",
  "groups.create": "Gruppe anlegen",
  "groups.edit": "Gruppe bearbeiten",
  "groups.name": "Name",
  "groups.name.example": "WG, Fußball, Familie",
  "groups.people": "Wer ist noch dabei?",
  "groups.people.hint":
    "Du bist schon dabei. Die Eingabetaste oder ein Komma fügt einen Namen hinzu; auch eine eingefügte Liste geht.",
  "groups.people_count.one": "{count} Person",
  "groups.people_count.other": "{count} Personen",
  "groups.currency": "Währung",
  "groups.currency.hint": "Worin neue Events der Gruppe geführt werden.",
  "groups.currency.none": "Wird für jedes Event gewählt",
  "groups.start_event": "Event mit dieser Gruppe beginnen",
  "groups.people_title": "Leute",
  "groups.people_title.what":
    "Events übernehmen diese Liste, wenn sie beginnen. Was du hier änderst, lässt sie, wie sie sind.",
  "groups.account": "hat ein Konto",
  "groups.no_account": "kein Konto",
  "groups.weight": "Gewicht",
  "groups.weight.hint": "Der Anteil an Ausgaben ohne eigene Aufteilung: 2 trägt doppelt so viel wie 1.",
  "groups.weight_of": "Gewicht {weight}",
  "groups.role.viewer.what": "Darf zusehen, in der Gruppe und ihren Events.",
  "groups.role.member.what": "Darf hier Leute hinzufügen und in den Events eintragen.",
  "groups.role.admin.what": "Darf alles ändern, hier und in den Events.",
  "groups.add": "Leute hinzufügen",
  "groups.add.done": "Fertig",
  "groups.added": "{name} ist jetzt in der Gruppe.",
  "groups.account_of": "Konto",
  "groups.account_of.hint":
    "Von jemandem, mit dem du ein Event oder eine Gruppe teilst. Die Gruppe und ihre Events gehören dann auch zu diesem Konto.",
  "groups.account_of.none": "Keines, nur ein Name",
  "groups.change": "{name} bearbeiten",
  "groups.remove": "Aus der Gruppe entfernen",
  "groups.remove.sure": "Ja, entfernen",
  "groups.remove.what":
    "{name} ist bei neuen Events dieser Gruppe nicht mehr dabei. Begonnene Events bleiben, wie sie sind.",
  "groups.ends": "Verlassen oder löschen",
  "groups.ends.what": "Events, die mit der Gruppe begonnen haben, bleiben, wie sie sind.",
  "groups.leave": "Gruppe verlassen",
  "groups.leave.what": "Du siehst „{group}“ dann nicht mehr. In deinen Events bleibst du.",
  "groups.delete": "Gruppe löschen",
  "groups.delete.what": "„{group}“ ist dann für alle darin weg. Das lässt sich nicht rückgängig machen.",
  "groups.outrun":
    "Jemand anderes hat die Gruppe inzwischen geändert: Sie heißt jetzt „{name}“. Speichere noch einmal, wenn deine Fassung gelten soll.",
  "groups.changed_meanwhile":
    "Jemand anderes hat die Gruppe inzwischen geändert. Sieh sie dir noch einmal an und versuch es dann wieder.",
  "groups.not_allowed": "Deine Rolle in dieser Gruppe erlaubt das nicht.",
};
