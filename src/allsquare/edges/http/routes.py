"""List the routes of all features; those that share a path prefix are tried in this order."""

from allsquare.features.balances.http import router as user_balances
from allsquare.features.direct.http import router as direct
from allsquare.features.events.http import router as events
from allsquare.features.events.members import router as members
from allsquare.features.expenses.routes import EXPENSE_ROUTERS
from allsquare.features.groups.http import router as groups
from allsquare.features.guests.routes import GUEST_ROUTERS
from allsquare.features.identity.routes import IDENTITY_ROUTERS
from allsquare.features.journal.http import router as journal
from allsquare.features.plans.routes import PLAN_ROUTERS
from allsquare.features.privacy.http import router as privacy
from allsquare.features.settlements.http import router as settlements

ROUTERS = (
    privacy,
    *IDENTITY_ROUTERS,
    *EXPENSE_ROUTERS,
    groups,
    events,
    members,
    *GUEST_ROUTERS,
    *PLAN_ROUTERS,
    settlements,
    journal,
    direct,
    user_balances,
)
