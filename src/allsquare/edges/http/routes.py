"""List the routes of all features; those that share a path prefix are tried in this order."""

from allsquare.features.events.http import router as events
from allsquare.features.events.members import router as members
from allsquare.features.expenses.batch import router as expense_batch
from allsquare.features.expenses.http import router as expenses
from allsquare.features.expenses.lists import router as expense_lists
from allsquare.features.guests.routes import GUEST_ROUTERS
from allsquare.features.journal.http import router as journal
from allsquare.features.plans.anybody import router as anybody
from allsquare.features.plans.freezing import router as freezing
from allsquare.features.plans.http import router as balances
from allsquare.features.plans.plan_routes import router as plans
from allsquare.features.settlements.http import router as settlements

# The batch comes before the single expense, whose path it would otherwise be taken for.
ROUTERS = (
    expense_batch,
    expenses,
    expense_lists,
    events,
    members,
    *GUEST_ROUTERS,
    balances,
    plans,
    freezing,
    anybody,
    settlements,
    journal,
)
