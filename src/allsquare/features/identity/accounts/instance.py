"""Tell anybody what this instance is, so that pages say beforehand who may come in and how."""

from importlib.metadata import version

from allsquare.features.identity.accounts.links import base_of_letters
from allsquare.features.identity.accounts.schemas import InstanceOut
from allsquare.features.identity.call import OpenContext
from allsquare.features.wire.api import READ, Response, json_response, open_routes

router = open_routes("/instance", "instance")


@router.get("", response_model=InstanceOut, responses=READ)
async def get_instance(call: OpenContext) -> Response:
    """Tell who may sign up here, and whether letters are sent."""
    mail = base_of_letters(call) is not None
    return json_response({"version": version("allsquare"), "sign_up": call.services.people.sign_up, "mail": mail})
