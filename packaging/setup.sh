#!/usr/bin/env bash
# Brings this checkout to where everything runs: system packages, .venv, the locked packages, the project itself.
# setup.sh [GROUP...] also wants those groups of system-packages.txt; `setup.sh --tools` stops once .venv has uv.
# PYTHON=/path/to/python3 names the interpreter; NO_UV=1 installs with pip alone; NO_APT=1 leaves the system as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
LOCK=packaging/requirements.lock
PY=$VENV/bin/python
READY=$VENV/.fairemo-ready           # holds the key of what was installed, written last
UNDER_WAY=$VENV/.fairemo-under-way   # present while packages are being installed

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 2; }

# ---- system packages ----

lacking() {  # lacking GROUP...: the packages of these groups whose proof is not found
    local group package proof _ libraries
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
    while read -r group package proof _; do
        [[ " $* " == *" $group "* ]] || continue
        case $proof in
            package) ! command -v dpkg-query >/dev/null || dpkg-query -s "$package" >/dev/null 2>&1 || echo "$package" ;;
            command:*) command -v "${proof#command:}" >/dev/null || echo "$package" ;;
            *) [[ -z $libraries || $libraries == *"	$proof "* ]] || echo "$package" ;;
        esac
    done < <(grep -v '^#' packaging/system-packages.txt)
}

may_apt() { [[ $(id -u) == 0 && -z ${NO_APT:-} ]] && command -v apt-get >/dev/null; }

apt_install() {  # apt_install PACKAGE...: quiet, its own words only when it fails
    local log
    log=$(mktemp)
    say "installing system packages: $*"
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
           -o DPkg::Lock::Timeout=120 "$@"; } >"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
    fi
    rm -f "$log"
}

system_packages() {
    local missing
    if is_ready && [[ -z $(lacking needed "$@") ]]; then return; fi
    mapfile -t missing < <(lacking needed screen "$@")
    if [[ ${#missing[@]} -gt 0 ]] && may_apt; then
        apt_install "${missing[@]}"
        mapfile -t missing < <(lacking needed screen "$@")
    fi
    [[ ${#missing[@]} -gt 0 ]] || return 0
    [[ -z $(lacking needed "$@") ]] ||
        stop "system packages are missing; install them and run make again: sudo apt-get install -y ${missing[*]}"
    say "a window on a screen also wants: sudo apt-get install -y ${missing[*]}"
}

# ---- Python ----

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

base_of() { "$1" -c 'import sys; print(sys._base_executable)'; }  # an activated .venv must not be asked to remake itself

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if recent "$candidate"; then base_of "$candidate"; return; fi
    done
    stop "no Python 3.11 or newer found${PYTHON:+ at $PYTHON}:" \
        "install python3.11 with its venv module, or name one with PYTHON=/path/to/python3"
}

other_python_wanted() { [[ -n ${PYTHON:-} && $("$PYTHON" -V 2>&1) != "$("$PY" -V)" ]]; }

make_venv() {
    local python package
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        package=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')
        if may_apt; then apt_install "$package"; fi
        "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            stop "$python has no venv module; install it and run make again: sudo apt-get install -y $package"
    fi
    "$python" -m venv --clear "$VENV" || stop "could not make $VENV with $python: see above"
}

key() {  # what has to be the same for a set-up to be done
    { pwd -P; cat "$LOCK" pyproject.toml packaging/system-packages.txt; "$PY" -I -S -VV; } | sha256sum
}

is_ready() {
    [[ -x $PY && -f $READY && ! -e $UNDER_WAY ]] && ! other_python_wanted && [[ $(<"$READY") == "$(key)" ]]
}

wants_new_venv() {  # interrupted, broken, moved with the checkout, or of another Python than asked for
    [[ -e $UNDER_WAY ]] || ! recent "$PY" || ! "$PY" -m pip --version >/dev/null 2>&1 ||
        ! grep -qsF "$(pwd -P)/$VENV" "$VENV/bin/activate" || other_python_wanted
}

# ---- packages ----

not_installed() {
    stop "the packages could not be installed: see above, check the network, proxy or package mirror" \
        "(PIP_INDEX_URL), and run make again"
}

pip_index() {  # the index that pip is configured with, which uv does not read; never written anywhere
    local settings place
    settings=$("$PY" -m pip config list 2>/dev/null || true)
    for place in :env: install global; do
        sed -n "s/^$place\.index-url='\(.*\)'\$/\1/p" <<<"$settings"
    done | head -n 1
}

use_pips_index() {
    local index
    [[ -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]] || return 0
    index=$(pip_index)
    [[ -z $index ]] || export UV_DEFAULT_INDEX="$index"
}

install_uv() {  # the release that the lock names, checked by hash
    [[ $("$PY" -m uv --version 2>/dev/null) != "uv $(sed -n 's/^uv==\([^ ]*\).*/\1/p' "$LOCK")"* ]] || return 0
    awk '/^uv==/ {on = 1} on && /^[^ ]/ && !/^uv==/ {exit} on' "$LOCK" >"$VENV/uv.txt"
    "$PY" -m pip install -q --disable-pip-version-check --retries 2 --no-deps --require-hashes --only-binary :all: \
        -r "$VENV/uv.txt" || not_installed
}

install_packages() {
    say "bringing $VENV to the lock's $(grep -c '^[a-z0-9].*==' "$LOCK") packages (several GB the first time)"
    if [[ -n ${NO_UV:-} ]]; then
        "$PY" -m pip install -q --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "$LOCK" ||
            not_installed
        "$PY" -m pip install -q --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
    else
        # --no-build: a wheel with a wrong hash must stop the set-up, not send uv to build the source.
        # --compile-bytecode, as pip does: where Python may not write beside its sources, torch starts in half the time.
        "$PY" -m uv pip sync -q --python "$PY" --require-hashes --no-build --compile-bytecode "$LOCK" || not_installed
        "$PY" -m uv pip install -q --python "$PY" --offline --no-deps --no-build-isolation -e .
    fi
}

main() {
    exec 9<packaging/setup.sh
    flock -n 9 || { say "waiting for another set-up of this checkout"; flock 9; }
    system_packages "$@"
    ! is_ready || return 0
    ! wants_new_venv || make_venv
    rm -f "$READY"
    touch "$UNDER_WAY"
    [[ -n ${NO_UV:-} ]] || { use_pips_index; install_uv; }
    install_packages
    key >"$READY"
    rm -f "$UNDER_WAY"
}

export UV_SYSTEM_CERTS=1 UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-120} PIP_DISABLE_PIP_VERSION_CHECK=1
if [[ ${1:-} == --tools ]]; then
    ! wants_new_venv || make_venv
    use_pips_index
    install_uv
else
    main "$@"
fi
