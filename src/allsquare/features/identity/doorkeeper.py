"""Stand at the door of every route: look at the request, and let its sender in or not."""

from uuid import UUID

from fastapi import Request

from allsquare.features.identity.services import Services
from allsquare.features.identity.sight import Sight, sight_of
from allsquare.features.wire.errors import Unauthenticated


class Doorkeeper:
    """What routes ask before they read a body; a route cannot be made that forgets to."""

    def __init__(self, services: Services) -> None:
        """Let people in to what these services offer."""
        self._services = services

    async def admit(self, request: Request) -> None:
        """Let in who is known and may see the event that the path names; raises what `Services.admit` raises."""
        sight = self._look(request)
        request.state.caller = await self._services.admit(sight)

    async def greet(self, request: Request) -> None:
        """Let anybody in; who presents something that is not good any more is a stranger."""
        sight = self._look(request)
        try:
            request.state.caller = await self._services.recognise(sight)
        except Unauthenticated:
            request.state.caller = None

    def _look(self, request: Request) -> Sight:
        scope = request.scope
        sight = sight_of(
            request.headers,
            method=scope["method"],
            scheme=scope["scheme"],
            client=scope.get("client"),
            event_id=_event_of(request.path_params.get("event_id")),
        )
        request.state.services, request.state.sight = self._services, sight
        return sight


def _event_of(text: str | None) -> UUID | None:
    """Read the event that a path names; what is no id is refused later, field by field."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
