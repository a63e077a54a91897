"""Serve the page that shows the API's document, from this machine alone."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse, Response

from allsquare.edges.http.guard import PAGE

_HTML = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allsquare API</title>
<link rel="service-desc" type="application/json" href="/openapi.json">
<link rel="icon" href="/docs/assets/favicon.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
# A file of its own, because the page's policy lets nothing inline run.
_SCRIPT = """\
SwaggerUIBundle({
  url: document.querySelector("link[rel=service-desc]").href,
  dom_id: "#swagger-ui",
  layout: "BaseLayout",
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""


def add_documents(app: FastAPI) -> None:
    """Add the page, its script and its assets."""
    # The assets come from a package that ships them; it is found, not imported, for it would import more than files.
    found = find_spec("fastapi_offline")
    if found is None or found.origin is None:
        message = "the package fastapi-offline is missing"
        raise RuntimeError(message)
    app.mount("/docs/assets", StaticFiles(directory=Path(found.origin).with_name("static")))

    @app.get("/docs", include_in_schema=False)
    async def get_documents() -> HTMLResponse:
        return HTMLResponse(_HTML, headers={"Content-Security-Policy": PAGE})

    @app.get("/docs/start.js", include_in_schema=False)
    async def get_script() -> Response:
        return Response(_SCRIPT, media_type="text/javascript")
