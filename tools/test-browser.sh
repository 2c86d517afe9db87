#!/bin/sh
# The workbook in a real JupyterLab and a real browser, and its report without either.
#
# Arguments go to pytest ("-k 02"). AFFECTLIB_SCREENSHOTS names the folder for pictures,
# AFFECTLIB_BROWSER_CACHE the folder of kept results (both below runs/browser otherwise);
# CHROMIUM names a browser where it is not found by itself.
set -eu
cd "$(dirname "$0")/.."
PY=.venv/bin/python

browser() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [ -n "$name" ] && command -v "$name"; then return 0; fi
    done
    return 1
}

if ! browser >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo '== installing chromium (Debian)'
        # Where Debian cannot be reached, the words below say what to do.
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || true
    fi
    if ! browser >/dev/null; then
        echo 'The browser test needs Chromium. Install it (Debian: apt-get install chromium), or name' >&2
        echo 'the one you have: CHROMIUM=/path/to/chromium make test-browser' >&2
        exit 77  # no browser, as against a browser in which something failed
    fi
fi

if ! $PY -c 'import playwright, pytest' 2>/dev/null; then
    echo '== installing what drives the browser into .venv'
    $PY -m pip install --quiet -c constraints.txt -e '.[dev,browser]'
fi

echo "== notebooks in JupyterLab and the report, in $(browser)"
exec $PY -m pytest -p no:cacheprovider tests/browser/check_notebooks.py tests/browser/check_panel.py tests/browser/check_report.py "$@"
