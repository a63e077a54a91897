export const events = {
  "event.parts": "Parts of the event",
  "event.tab.expenses": "Expenses",
  "event.tab.balances": "Balances",
  "event.tab.settle": "Settle",
  "event.tab.activity": "Activity",
  "event.tab.settings": "Settings",
  "event.status.new": "New",
  "event.status.active": "Active",
  "event.status.settlement": "Settling",
  "event.status.cleared": "All square",
  "event.status.archived": "Archived",
} as const;
