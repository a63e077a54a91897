"""Build the web app into the wheel, so that whoever installs it needs no Node."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebAppHook(BuildHookInterface):
    """Runs before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (the shape that hatch calls)
        """Build the app; a checkout that is worked on builds it by `make web`, when it is wanted."""
        if version == "standard":
            subprocess.run([sys.executable, Path(self.root, "tools", "web.py"), "build"], check=True)
