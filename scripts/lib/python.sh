# Sourced by the commands next to it: finds a Python 3.10 or newer and runs the command there.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

usable() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import ctypes, lzma, ssl, sys; sys.exit(not (3, 10) <= sys.version_info[:2])' >/dev/null 2>&1
}

# Of one version that of the system comes first: distributions build theirs with profiles and at link
# time, who compiles one seldom does, and Odoo then takes a fifth longer.
run() {
    for name in python3.13 python3.12 python3.11 python3.10 python3; do
        for python in "/usr/bin/$name" "$name"; do
            if usable "$python"; then
                exec "$python" "$here" "$@"
            fi
        done
    done
    echo "error: no Python 3.10 or newer found — install one, for example: apt-get install python3" >&2
    exit 2
}
