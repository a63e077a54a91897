"""List the routes of expenses, in the order in which they are tried."""

from allsquare.features.expenses.batch import router as batch
from allsquare.features.expenses.http import router as expenses
from allsquare.features.expenses.lists import router as lists

# The batch comes before the single expense, whose path it would otherwise be taken for.
EXPENSE_ROUTERS = (batch, expenses, lists)
