export const home = {
  "home.events": "Events",
  "home.new_event": "New event",
  "home.empty": "Begin with an event",
  "home.empty.what":
    "A dinner, a trip, a flat: anything whose costs you share. Add the people, then what each one paid.",
  "home.archived": "Archived events",
  "home.people.one": "{count} person",
  "home.people.other": "{count} people",
  "home.unsent.one": "{count} change waits to be sent.",
  "home.unsent.other": "{count} changes wait to be sent.",
  "home.guest.what":
    "You are a guest on this device. With an account you find your events on every device, and see what you owe over all of them.",
  "home.sign_up": "Make an account",
  "home.sign_in": "Sign in",
  "home.totals": "Over all events",
  "home.you_owe": "You owe",
  "home.you_are_owed": "You are owed",
  "home.square": "You are all square",
  "home.square.what": "Nobody owes you anything, and you owe nobody.",
  "home.by_person": "By person",
  "home.owes_you": "{name} owes you",
  "home.you_owe_them": "You owe {name}",
  "welcome.title": "Shared money, all square.",
  "welcome.what":
    "Write down who paid what. Allsquare knows who owes whom, why, and the fewest payments that settle it.",
  "welcome.link": "Were you sent a link?",
  "welcome.link.what": "Open it on this device: you need no account to take part.",
} as const;
