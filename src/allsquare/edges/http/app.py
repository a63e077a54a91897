"""Build the HTTP application: routes, problems, documents, health."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from allsquare.edges.http.front import Front
from allsquare.edges.http.openapi import describe
from allsquare.edges.http.problems import answer_with_problems
from allsquare.edges.http.routes import ROUTERS
from allsquare.features.identity.doorkeeper import Doorkeeper
from allsquare.features.identity.services import Services
from allsquare.features.wire.json import json_response
from allsquare.pg.migrate import require_current

OpenServices = Callable[[], AbstractAsyncContextManager[Services]]


def build_app(open_services: OpenServices, *, cors_origins: Sequence[str] = ()) -> Front:
    """Build the application; `open_services` is entered when it starts and left when it stops.

    Shape: pages of `cors_origins` may read answers with a token of their own; no other origin may.
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
    answer_with_problems(app)
    _add_health(app)
    _add_documents(app)
    describe(app)
    if cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
            expose_headers=["ETag", "Location", "Idempotency-Replayed", "Retry-After", "X-Request-ID"],
        )
    return Front(app, lambda: app.state.services)


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


def _add_documents(app: FastAPI) -> None:
    # The assets come from a package that ships them; it is found, not imported, for it would import more than files.
    found = find_spec("fastapi_offline")
    if found is None or found.origin is None:
        message = "the package fastapi-offline is missing"
        raise RuntimeError(message)
    app.mount("/docs/assets", StaticFiles(directory=Path(found.origin).with_name("static")))

    @app.get("/docs", include_in_schema=False)
    async def get_documents() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Allsquare API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon.png",
        )

    @app.get("/", include_in_schema=False)
    async def get_start() -> RedirectResponse:
        return RedirectResponse("/docs")
