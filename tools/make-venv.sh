#!/bin/sh
# Create .venv with the Python that PYTHON names, or else the first one that is new enough.
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! command -v "$PYTHON" >/dev/null 2>&1; then
        echo "PYTHON=$PYTHON: no such command. Give the name or path of a Python 3.11 or newer." >&2
        exit 1
    elif ! new_enough "$PYTHON"; then
        echo "PYTHON=$PYTHON is $("$PYTHON" --version 2>&1); affectlib needs Python 3.11 or newer." >&2
        exit 1
    fi
else
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if new_enough "$candidate"; then
            PYTHON=$candidate
            break
        fi
    done
    if [ -z "${PYTHON:-}" ]; then
        found=$(python3 --version 2>&1) || found="no python3"
        echo "affectlib needs Python 3.11 or newer (found: $found)." >&2
        echo "Install one, or name one you have: make PYTHON=/path/to/python3.12 ..." >&2
        exit 1
    fi
fi

echo "== making .venv with $("$PYTHON" --version) ($PYTHON)"
# --clear: what is there has no working Python, or we would not have been called.
if ! "$PYTHON" -m venv --clear .venv; then
    rm -rf .venv
    echo "$PYTHON could not make .venv. On Debian and Ubuntu: install the python3-venv package." >&2
    exit 1
fi
touch .venv/.made-by-make
