"""Build the HTTP application: routes, problems, documents, health."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from allsquare.edges.http.documents import add_documents
from allsquare.edges.http.front import Front
from allsquare.edges.http.openapi import describe
from allsquare.edges.http.pages import WEB_APP, add_pages
from allsquare.edges.http.problems import answer_with_problems
from allsquare.edges.http.routes import ROUTERS
from allsquare.features.identity.doorkeeper import Doorkeeper
from allsquare.features.identity.routes import WELL_KNOWN
from allsquare.features.identity.services import Services
from allsquare.features.wire.json import json_response
from allsquare.pg.migrate import require_current

OpenServices = Callable[[], AbstractAsyncContextManager[Services]]


def build_app(open_services: OpenServices, *, cors_origins: Sequence[str] = (), web_app: Path = WEB_APP) -> Front:
    """Build the application; `open_services` is entered when it starts and left when it stops.

    Shape: pages of `cors_origins` may read answers with a token of their own; no other origin may. `web_app` is the
        folder of the built web app.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services() as services:
            app.state.services = services
            app.state.doorkeeper = Doorkeeper(services)
            yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json", redirect_slashes=False)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(WELL_KNOWN)
    answer_with_problems(app)
    _add_health(app)
    add_documents(app)
    add_pages(app, web_app)
    describe(app)
    return Front(app, lambda: app.state.services, cors_origins=cors_origins)


def _add_health(app: FastAPI) -> None:
    @app.get("/healthz", tags=["health"], response_model=dict[str, str])
    async def get_health() -> Response:
        """Tell that the process lives."""
        return json_response({"status": "ok"})

    @app.get("/readyz", tags=["health"], response_model=dict[str, str])
    async def get_readiness(request: Request) -> Response:
        """Tell that the database can be reached and has the right schema."""
        services: Services = request.app.state.services
        async with services.reading() as connection:
            await require_current(connection)
        return json_response({"status": "ready"})
