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

# What the package manager has warned of about this package, among what `quietly` has collected of a build: the
# compiler's own warnings about it are errors by Package.swift, and what is said of others is theirs to mend.
own_warnings() {
    local name
    name=$(basename "$root" | tr '[:upper:]' '[:lower:]')
    grep -F "warning: '$name':" <<<"$quiet_log" || true
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

# What the tests of pages, of the script's types, of encrypted connections, of the proxy, of the pooler, of the API and of
# load drive. Ubuntu has Chromium as a snap only, which neither containers nor drivers can start, so there it must be
# brought along.
need_test_packages() {
    need openssl command -v openssl
    if ! command -v chromium >/dev/null && grep -qs '^ID\(_LIKE\)\?=.*ubuntu' /etc/os-release; then
        fail "Ubuntu has no Chromium package; put programs named chromium and chromedriver into PATH and run again"
    fi
    need chromium command -v chromium
    need chromium-driver command -v chromedriver
    need python3-venv python3 -c 'import ensurepip, venv'
    need wrk command -v wrk
    need valgrind command -v valgrind
    need gcc command -v gcc
    need nginx test -x /usr/sbin/nginx
    need pgbouncer test -x /usr/sbin/pgbouncer
    need curl command -v curl
    need node-typescript command -v tsc
}

# Installs what `need` has noted, all at once.
install_missing() {
    (( ${#missing[@]} )) || return 0
    command -v apt-get >/dev/null \
        || fail "please install the equivalents of these Debian packages: ${missing[*]}"
    say "installing ${missing[*]}"
    local install=(install_packages)
    [[ " ${missing[*]} " != *" postgresql "* ]] || install=(without_main_cluster "${install[@]}")
    [[ " ${missing[*]} " != *" nginx "* && " ${missing[*]} " != *" pgbouncer "* ]] \
        || install=(without_services "${install[@]}")
    "${install[@]}" "${missing[@]}"
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

# Debian's packages start a proxy on this machine's port 80 and a pooler, now and whenever it boots. The tests start their
# own.
without_services() {
    local file=/usr/sbin/policy-rc.d status=0 made=
    if [[ ! -e $file ]]; then
        made=$file
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$file" >/dev/null
        as_root chmod 0755 "$file"
    fi
    "$@" || status=$?
    if [[ -n $made ]]; then as_root rm -f "$made"; fi
    if [[ -d /run/systemd/system ]]; then as_root systemctl --quiet disable nginx pgbouncer || true; fi
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

# The packages that Deploy/packages.txt names: name, version, origin.
listed_packages() { grep -v '^#' "$root/Deploy/packages.txt"; }

# The packages that were resolved, in the same form; nothing before the first build.
resolved_packages() {
    [[ ! -e $root/Package.resolved ]] || awk -F '"' '
        $2 == "identity" { name = $4 } $2 == "location" { origin = $4 }
        $2 == "version" && NF > 3 { print name, $4, origin }
    ' "$root/Package.resolved" | LC_ALL=C sort
}

# Has the package manager resolve what is listed: it takes what Package.resolved says where Package.swift allows it. That
# file itself is not part of the repository; the commits that it wants are those of the tags.
pin_packages() {
    local separator='' name version revision location
    [[ $(resolved_packages) != "$(listed_packages)" ]] || return 0
    say "looking up the packages of Deploy/packages.txt"
    {
        printf '{\n  "pins" : ['
        while read -r name version location; do
            # Of a tag with a message the second line names its commit.
            revision=$(git ls-remote "$location" "refs/tags/$version" "refs/tags/$version^{}" | tail -n 1 | cut -f 1)
            [[ -n $revision ]] || fail "$location has no version $version, or cannot be reached"
            printf '%s\n    {\n      "identity" : "%s",\n      "kind" : "remoteSourceControl",\n' "$separator" "$name"
            printf '      "location" : "%s",\n      "state" : {\n        "revision" : "%s",\n        "version" : "%s"\n' \
                "$location" "$revision" "$version"
            printf '      }\n    }'
            separator=,
        done < <(listed_packages)
        printf '\n  ],\n  "version" : 3\n}\n'
    } >"$root/Package.resolved.new"
    mv "$root/Package.resolved.new" "$root/Package.resolved"
}

# Stops unless what was resolved is what is listed.
check_packages() {
    local difference
    difference=$(diff <(listed_packages) <(resolved_packages)) && return
    fail "the packages that were resolved (>) are not those of Deploy/packages.txt (<):"$'\n'"$difference"$'\n'"Where" \
        "Package.swift was changed on purpose, write down what came of it: Deploy/packages update. Otherwise remove" \
        "Package.resolved and run this again."
}
