"""Make a new PostgreSQL cluster, size its configuration for this machine and set up its roles."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from allsquare.pg.embedded_errors import server_died
from allsquare.pg.embedded_layout import Layout, Secrets, programs_of, write_layout

_MEBIBYTE = 1024 * 1024

_MAIN_CONFIGURATION = """\
include 'allsquare.conf'
# Your own settings go to local.conf, which is read last and never written by Allsquare.
include_if_exists 'local.conf'
"""

# fsync, full_page_writes and synchronous_commit are PostgreSQL's defaults; they are written out because the promise
# "acknowledged is durable" rests on them.
_CONFIGURATION = """\
# Written by Allsquare at every start; your own settings go to local.conf.
shared_buffers = {shared_buffers_mb}MB
max_connections = 50
huge_pages = try
fsync = on
full_page_writes = on
synchronous_commit = on
wal_compression = {wal_compression}
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
# Details of an error quote the row that caused it, and names of people do not belong in a log.
log_error_verbosity = terse
"""

# Idempotent, so that a set-up cut short is simply done again. The passwords arrive as psql variables on stdin: on the
# command line every user of the machine could read them.
_PREPARE = r"""
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE allsquare_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'allsquare_owner') \gexec
SELECT 'CREATE ROLE allsquare_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'allsquare_app') \gexec
ALTER ROLE allsquare_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE allsquare_app LOGIN PASSWORD :'app_password';
SELECT 'CREATE DATABASE allsquare OWNER allsquare_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'allsquare') \gexec
"""


def create_cluster(layout: Layout, secrets: Secrets) -> Layout:
    """Make the cluster's files with initdb and return the layout that knows it.

    Ensures: initdb writes to a folder of its own that is renamed when whole, so one cut short is begun anew.
    """
    unfinished = layout.home / "postgres.new"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    layout.user.give(unfinished)
    with tempfile.NamedTemporaryFile("w", dir=layout.home, prefix="password-") as password_file:
        password_file.write(secrets.superuser_password)
        password_file.flush()
        layout.user.give(Path(password_file.name))
        command: list[str | Path] = [programs_of(layout) / "initdb", "--pgdata", unfinished, "--username=postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file.name}", "--encoding=UTF8", "--locale=C"]
        # The builtin provider sorts alike on every machine and after every upgrade of the C library.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        finished = layout.user.run(command)
    if finished.returncode != 0:
        raise server_died("making a new database", layout.home, finished.stderr)
    (unfinished / "postgresql.conf").write_text(_MAIN_CONFIGURATION)
    _write_for_server(layout, unfinished / "local.conf", "# Your own settings; they win over allsquare.conf.\n")
    # Fails when a cluster is there already, and nothing here ever removes one.
    unfinished.rename(layout.cluster)
    return write_layout(replace(layout, initialised=True))


def write_configuration(layout: Layout) -> None:
    """Write the settings that depend on this program and this machine."""
    build = layout.user.run([programs_of(layout) / "pg_config", "--configure"]).stdout
    text = render_configuration(memory_bytes=_memory_bytes(), has_lz4="--with-lz4" in build)
    _write_for_server(layout, layout.cluster / "allsquare.conf", text)


def _write_for_server(layout: Layout, path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
    layout.user.give(path)


def render_configuration(*, memory_bytes: int, has_lz4: bool) -> str:
    """Return the configuration for a machine with that much memory: a quarter for the cache, 32 to 256 MB."""
    shared_buffers_mb = max(32, min(256, memory_bytes // 4 // _MEBIBYTE))
    return _CONFIGURATION.format(shared_buffers_mb=shared_buffers_mb, wal_compression="lz4" if has_lz4 else "on")


def prepare_database(layout: Layout, secrets: Secrets) -> Layout:
    """Make the two roles and the database `allsquare` in a running server."""
    variables = f"\\set owner_password '{secrets.owner_password}'\n\\set app_password '{secrets.app_password}'\n"
    command: list[str | Path] = [programs_of(layout) / "psql", "--no-psqlrc", "--quiet", "--no-password"]
    command += ["--host", layout.socket_dir, "--port=5432", "--username=postgres", "--dbname=postgres"]
    environment = {
        "PGPASSWORD": secrets.superuser_password,
        # A failing statement is normally logged in full, and these carry passwords.
        "PGOPTIONS": "-c log_min_error_statement=panic",
    }
    finished = layout.user.run(command, text_in=variables + _PREPARE, environment=environment)
    if finished.returncode != 0:
        raise server_died("setting up its roles", layout.home, finished.stderr)
    return write_layout(replace(layout, prepared=True))


def _memory_bytes() -> int:
    """Return the memory this process may use: the machine's, or less if a container limits it."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine
