"""Write the types of the web app's client from the OpenAPI document of the API itself.

python -m tools.api_types            write web/src/api/schema.d.ts
python -m tools.api_types --check    exit 1 if it is not what the document says, and show the difference
"""

import argparse
import asyncio
import difflib
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import httpx2
import structlog

from allsquare.edges.http.app import build_app
from tools.web import WEB, install, npm

TYPEGEN = WEB / "typegen"
TYPES = WEB / "src" / "api" / "schema.d.ts"
SHOWN_LINES = 100


async def read_document() -> str:
    """Ask the application for its document; it needs no database for that."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("warning"))  # no line for this request
    transport = httpx2.ASGITransport(build_app(_open_nothing))
    async with httpx2.AsyncClient(transport=transport, base_url="http://allsquare") as client:
        return (await client.get("/openapi.json")).raise_for_status().text


def _open_nothing() -> NoReturn:
    raise AssertionError


def types_of_today() -> str:
    """Make the types that the document of today gives."""
    install(TYPEGEN)
    with tempfile.TemporaryDirectory() as folder:
        document, types = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        document.write_text(asyncio.run(read_document()))
        npm(TYPEGEN, "run", "--silent", "generate", "--", str(document), "--output", str(types))
        return types.read_text()


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python -m tools.api_types", description="Write web/src/api/schema.d.ts.")
    parser.add_argument("--check", action="store_true", help="only tell whether it is as the document says")
    check = parser.parse_args().check
    old, new = TYPES.read_text() if TYPES.exists() else "", types_of_today()
    if not check:
        TYPES.write_text(new)
    elif old != new:
        difference = [*difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)]
        print(*difference[:SHOWN_LINES], sep="\n")
        print("web/src/api/schema.d.ts is not what the API says: run .venv/bin/python -m tools.api_types")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
