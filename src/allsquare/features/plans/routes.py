"""List the routes of balances and plans, so that the application takes one import."""

from allsquare.features.plans.anybody import router as anybody
from allsquare.features.plans.freezing import router as freezing
from allsquare.features.plans.http import router as balances
from allsquare.features.plans.plan_routes import router as plans

PLAN_ROUTERS = (balances, plans, freezing, anybody)
