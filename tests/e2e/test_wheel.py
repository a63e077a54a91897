"""The wheel holds the web app as it is built, nothing of what it is built from, and serves it without Node."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import httpx2
import pytest

from tests.e2e.cli_helpers import serving

ROOT = Path(__file__).parents[2]
DEADLINE_S = 600
APP = "allsquare/webapp/"


def find_uv() -> str:
    """Find uv as tools/setup.sh does, which brings it where there is none."""
    for program in ("uv", str(ROOT / ".tools" / "bin" / "uv")):
        found = shutil.which(program)
        if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
            return found
    message = "there is no uv; tools/setup.sh brings it"
    raise LookupError(message)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """Copy what a clone would hold, so that what is built here stays as it is."""
    folder: Path = tmp_path_factory.mktemp("checkout")
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    # What git ignores stays out of a wheel only where there is a git.
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def build(kind: str, checkout: Path, folder: Path) -> Path:
    """Build one kind of distribution."""
    environment = {**os.environ, "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    if (own := ROOT / ".cache" / "uv").is_dir():
        environment.setdefault("UV_CACHE_DIR", str(own))
    command = [find_uv(), "build", f"--{kind}", "--out-dir", str(folder), str(checkout)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert ended.returncode == 0, ended.stderr
    [found] = folder.glob("allsquare-*")
    return found


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory) -> Path:
    return build("wheel", checkout, tmp_path_factory.mktemp("wheel"))


def test_the_sdist_holds_what_the_app_is_built_from_and_nothing_that_was_built(wheel, checkout, tmp_path):
    assert wheel.is_file()  # so there is something built by now
    assert (checkout / "web" / "node_modules").is_dir()
    with tarfile.open(build("sdist", checkout, tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    needed = {"hatch_build.py", "tools/web.py", "web/index.html", "web/package-lock.json", "web/src/main.tsx"}
    assert needed <= names
    assert [name for name in names if "node_modules" in name or "webapp" in name] == []


def test_the_wheel_holds_the_built_app_and_nothing_it_is_built_from(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    app = {name.removeprefix(APP) for name in names if name.startswith(APP)}
    assert {"index.html", "index.html.br", "index.html.gz", "sw.js", "manifest.webmanifest"} <= app
    for suffix in (".js", ".js.br", ".js.gz", ".css", ".css.br"):
        assert any(name.startswith("assets/main-") and name.endswith(suffix) for name in app), suffix
    strange = [name for name in names if "node_modules" in name or name.endswith((".ts", ".tsx", ".map", ".json"))]
    assert strange == []
    assert {name.split("/")[0] for name in names} == {
        "allsquare",
        wheel.name.replace("-py3-none-any.whl", ".dist-info"),
    }


def test_what_is_in_the_wheel_serves_the_app_without_node(wheel, tmp_path, data_dir):
    shutil.unpack_archive(wheel, tmp_path, "zip")
    # Nothing is installed: what was unpacked only comes before what this environment has.
    nowhere = {"PATH": "/nowhere", "PYTHONPATH": str(tmp_path)}
    with serving(data_dir, **nowhere) as served:
        page = httpx2.get(f"{served.url}/join")
        assert (page.status_code, page.content) == (200, (tmp_path / APP / "index.html").read_bytes())
        [script] = [path.name for path in (tmp_path / APP / "assets").glob("main-*.js")]
        answer = httpx2.get(f"{served.url}/assets/{script}", headers={"Accept-Encoding": "gzip"})
        assert answer.content == (tmp_path / APP / "assets" / script).read_bytes()
        assert answer.headers["content-encoding"] == "gzip"
