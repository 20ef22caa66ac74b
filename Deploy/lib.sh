# Shared by Deploy/demo and Tests/run; to be sourced by bash in strict mode.
#
# Installs what is missing and nothing else: every need is stated as something that can be looked at (a program, a
# library that pkg-config knows), so that a second run installs and changes nothing.

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
[[ -t 2 && -z ${NO_COLOR:-} ]] || say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The process whose output `quietly` is collecting, and the file that takes it, for whoever cleans up.
quiet_pid=
quiet_file=

# quietly TITLE COMMAND…: runs a long command, shows only that time passes, and all of its output when it fails.
quietly() {
    local title=$1 status=0 started=$SECONDS next=15
    shift
    quiet_file=$(mktemp)
    "$@" >"$quiet_file" 2>&1 </dev/null &
    quiet_pid=$!
    while kill -0 "$quiet_pid" 2>/dev/null; do
        sleep 0.2
        if (( SECONDS - started >= next )); then
            say "$title: $(( SECONDS - started )) s$(last_step "$quiet_file")"
            next=$(( next + 15 ))
        fi
    done
    wait "$quiet_pid" || status=$?
    quiet_pid=
    if (( status != 0 )); then
        cat "$quiet_file" >&2
        printf 'error: %s failed (exit status %d): %s\n' "$title" "$status" "$*" >&2
    fi
    quiet_log=$(<"$quiet_file")
    rm -f "$quiet_file"
    quiet_file=
    return "$status"
}

# The last "[12/345]" that a build has printed.
last_step() {
    local step
    step=$(tail -c 2000 "$1" | grep -o '\[[0-9]*/[0-9]*\]' | tail -n 1) || true
    printf '%s' "${step:+, step $step}"
}

# Runs a command as root.
as_root() {
    if (( EUID == 0 )); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root, and there is no sudo; run as root: $*"
    fi
}

has_server() {
    local folder
    folder=$(server_folder)
    [[ -n $folder ]]
}

# The folder of PostgreSQL's server programs: what pg_config says, else the newest that Debian keeps; empty if none.
server_folder() {
    local folder folders=()
    if command -v pg_config >/dev/null; then folders+=("$(pg_config --bindir 2>/dev/null || true)"); fi
    while read -r folder; do folders+=("$folder"); done < <(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV)
    folder=$(command -v initdb) && folders+=("$(dirname "$folder")")
    for folder in ${folders[@]+"${folders[@]}"}; do
        if [[ -x $folder/initdb && -x $folder/postgres ]]; then
            printf '%s\n' "$folder"
            return
        fi
    done
}

missing=()

# need PACKAGE COMMAND…: notes the package as missing unless the command succeeds.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

# What SwiftPM needs to compile and link C and C++, and what this package links.
need_build_packages() {
    need git command -v git
    need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
    # Clang takes the start files and the C++ headers of GCC.
    need g++ eval 'command -v ld && compgen -G "/usr/include/c++/*/vector" && compgen -G "/usr/lib/gcc/*/*/crtbegin.o"'
    need libc6-dev test -e /usr/include/stdio.h
    need pkg-config command -v pkg-config
    need libpq-dev pkg-config --exists libpq
    need libcurl4-openssl-dev pkg-config --exists libcurl
    need zlib1g-dev pkg-config --exists zlib
}

need_server_package() { need postgresql has_server; }

# What the tests of pages, of encrypted connections, of the API and of load drive. Ubuntu has Chromium as a snap only, which
# neither containers nor drivers can start, so there it must be brought along.
need_test_packages() {
    need openssl command -v openssl
    if ! command -v chromium >/dev/null && grep -qs '^ID\(_LIKE\)\?=.*ubuntu' /etc/os-release; then
        fail "Ubuntu has no Chromium package; put programs named chromium and chromedriver into PATH and run again"
    fi
    need chromium command -v chromium
    need chromium-driver command -v chromedriver
    need python3-venv python3 -c 'import ensurepip, venv'
    need wrk command -v wrk
}

# Installs what `need` has noted, all at once.
install_missing() {
    (( ${#missing[@]} )) || return 0
    command -v apt-get >/dev/null \
        || fail "please install the equivalents of these Debian packages: ${missing[*]}"
    say "installing ${missing[*]}"
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        without_main_cluster install_packages "${missing[@]}"
    else
        install_packages "${missing[@]}"
    fi
    missing=()
}

install_packages() {
    # Asks for the password now: later nobody would see the question.
    as_root true
    quietly "apt-get update" as_root apt-get update
    quietly "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes \
        --no-install-recommends "$@"
}

# Debian's package makes and starts a cluster of its own when it is first installed. Nobody asked for one here: this
# tells it not to, for the time of the installation only.
without_main_cluster() {
    local folder=/etc/postgresql-common/createcluster.d status=0
    local file=$folder/highscores-install.conf
    as_root mkdir -p "$folder"
    printf 'create_main_cluster = false\n' | as_root tee "$file" >/dev/null
    "$@" || status=$?
    as_root rm -f "$file"
    return "$status"
}

# Stops unless there is a Swift toolchain that is new enough.
need_swift() {
    local version
    command -v swift >/dev/null || fail "Swift 6.2 or later is needed: https://www.swift.org/install/linux"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [[ -n $version && $(printf '%s\n' 6.2 "$version" | sort -V | head -n 1) == 6.2 ]] \
        || fail "Swift 6.2 or later is needed, and this is ${version:-unknown}: https://www.swift.org/install/linux"
}
