#!/usr/bin/env bash
# Writes requirements.lock from pyproject.toml: every package with its hashes, for every platform, no index address.
# Kept versions stay; `make lock ARGS=--upgrade` moves them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
lock=packaging/requirements.lock
part=$(mktemp packaging/.lock.XXXXXX)
trap 'rm -f "$part"' EXIT
packaging/setup.sh --tools
[[ ! -f $lock ]] || cp "$lock" "$part"
UV_SYSTEM_CERTS=1 .venv/bin/python -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-config \
    --no-emit-index-url --no-emit-find-links --override packaging/overrides.txt --custom-compile-command "make lock" \
    --extra faces --extra dev "$@" pyproject.toml -o "$part"
if grep -n '://' "$part" >&2; then
    echo "lock: the lines above hold an address; $lock is unchanged" >&2
    exit 1
fi
chmod 644 "$part"
mv "$part" "$lock"
