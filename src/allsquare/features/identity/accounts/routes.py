"""List the routes of accounts, in the order in which they are tried: one's own come before those of anybody by id."""

from allsquare.features.identity.accounts.instance import router as instance
from allsquare.features.identity.accounts.invitations import router as invitations
from allsquare.features.identity.accounts.looking import router as looking
from allsquare.features.identity.accounts.others import router as others
from allsquare.features.identity.accounts.own import router as own
from allsquare.features.identity.accounts.recovery import router as recovery
from allsquare.features.identity.accounts.signing_up import router as signing_up
from allsquare.features.identity.accounts.verification import asking, showing

ACCOUNT_ROUTERS = (signing_up, own, asking, showing, recovery, others, invitations, looking, instance)
