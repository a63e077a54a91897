#!/bin/sh
# Fill .venv with exactly what uv.lock says. `make setup` calls it; it needs python3 (3.11 or newer), and brings uv.
#
# It writes only below this folder (.tools, .venv, .cache) and, where there is a home folder, to uv's cache in it.
# PYTHON=… chooses the interpreter, UV_CACHE_DIR=… the cache.
set -eu
cd "$(dirname "$0")/.."

refuse() {
    echo "allsquare: $*" >&2
    exit 1
}

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        "$name" -c 'import sys; assert sys.version_info >= (3, 11); print(sys.executable)' 2>/dev/null && return
    done
    refuse "Python 3.11 or newer is needed, and ${PYTHON:-python3} is $(
        "${PYTHON:-python3}" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo 'not there'
    ). Install one, or name it: make setup PYTHON=/path/to/python3."
}

# pip comes with Python, but Debian takes it out; a virtual environment has one of its own.
find_pip() {
    if "$python" -m pip --version >/dev/null 2>&1; then
        echo "$python"
    elif "$python" -m venv .tools/pip >/dev/null 2>&1; then
        echo .tools/pip/bin/python
    else
        rm -rf .tools/pip
        refuse "uv is needed to install the rest, and there is neither uv nor pip to install it with." \
            "Install pip (on Debian: apt-get install python3-pip python3-venv) or uv, and try again."
    fi
}

find_uv() {
    for name in uv .tools/bin/uv; do
        # A shim without a program behind it is found too, so it must answer.
        "$name" --version >/dev/null 2>&1 && echo "$name" && return
    done
    echo "allsquare: bringing uv into .tools" >&2
    pip=$(find_pip)
    PIP_ROOT_USER_ACTION=ignore "$pip" -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-warn-script-location \
        --upgrade --target .tools 'uv>=0.13' >&2 || refuse "pip could not install uv; its words are above."
    rm -rf .tools/pip
    echo .tools/bin/uv
}

# The home folder may be unset, missing, or somebody else's.
can_write_home_cache() {
    folder=${XDG_CACHE_HOME:-${HOME:-}/.cache}
    [ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] && mkdir -p "$folder/uv" 2>/dev/null && [ -w "$folder/uv" ]
}

python=$(find_python)
uv=$(find_uv)
if [ -z "${UV_CACHE_DIR:-}" ] && ! can_write_home_cache; then
    UV_CACHE_DIR=$(pwd -P)/.cache/uv
    export UV_CACHE_DIR
fi
export UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv
unset VIRTUAL_ENV

# Programs in .venv name their interpreter by its full path, so an environment does not survive a move.
[ ! -e .venv/.synced ] || [ "$(cat .venv/.synced)" = "$(pwd -P)" ] || rm -rf .venv

echo "allsquare: filling .venv from uv.lock" >&2
"$uv" sync --frozen --quiet
pwd -P >.venv/.synced
