"""Find a Chromium: the one that is named or installed, else the one that an npm package brings, for any user."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import web

PACKAGES = web.WEB / "browser" / "node_modules"
NAMED = "ALLSQUARE_CHROMIUM"

FLAGS = (
    "--no-sandbox",  # run as root it would not start with one, and it only ever sees pages of ours
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_UNPACK = """
const { readFileSync, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(1);
writeFileSync(to, require("node:zlib").brotliDecompressSync(readFileSync(from)), { mode: 0o755 });
"""
# Its own fonts come first, so that texts are as wide on every machine; the machine's are for what these lack.
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>{packages}/@expo-google-fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
  {aliases}
</fontconfig>
"""
_ALIAS = (
    "<alias binding='strong'><family>{family}</family>"
    "<prefer><family>Open Sans</family><family>Noto Sans Devanagari</family></prefer></alias>"
)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program, and what its environment needs."""

    program: str
    environment: dict[str, str]


def find_chromium() -> Chromium:
    """Find one, or unpack one.

    Raises: LookupError.
    """
    named = os.environ.get(NAMED)
    for name in (named,) if named else ("chromium", "google-chrome"):
        if found := shutil.which(name):
            return Chromium(found, dict(os.environ))
    if named:
        message = f"{NAMED} is {named!r}, and that is no program"
        raise LookupError(message)
    if os.uname().sysname != "Linux" or os.uname().machine != "x86_64":
        message = f"there is no Chromium on the PATH; name one in {NAMED}"
        raise LookupError(message)
    return _brought()


def _brought() -> Chromium:
    """Unpack the one of @sparticuz/chromium, once, with the libraries and fonts that a bare machine lacks."""
    package = PACKAGES / "@sparticuz" / "chromium"
    version = json.loads((package / "package.json").read_text())["version"]
    folder = web.CACHE / f"chromium-{version}"
    web.CACHE.mkdir(exist_ok=True)
    with (web.CACHE / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            building = Path(tempfile.mkdtemp(prefix="chromium-", dir=web.CACHE))
            for name in ("chromium", "al2023.tar", "fonts.tar"):
                web.node(building, "--eval", _UNPACK, str(package / "bin" / f"{name}.br"), name)
                if name.endswith(".tar"):
                    subprocess.run(["tar", "-xf", name], cwd=building, check=True)
                    (building / name).unlink()
            building.rename(folder)
    families = ("sans-serif", "system-ui", "ui-sans-serif", "Segoe UI", "Roboto", "Helvetica", "Arial")
    aliases = "\n  ".join(_ALIAS.format(family=family) for family in families)
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(folder=folder, packages=PACKAGES, aliases=aliases))
    libraries = os.pathsep.join(filter(None, [str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]))
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(fonts)}
    environment.setdefault("HOME", str(folder))
    return Chromium(str(folder / "chromium"), environment)
