# Sourced by the commands next to it: finds a Python 3.10 or newer and runs the command there.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

usable() {
    "$1" -c 'import ctypes, lzma, ssl, sys; sys.exit(not (3, 10) <= sys.version_info[:2])' >/dev/null 2>&1
}

run() {
    for python in python3.13 python3.12 python3.11 python3.10 python3 /usr/bin/python3; do
        if command -v "$python" >/dev/null 2>&1 && usable "$python"; then
            exec "$python" "$here" "$@"
        fi
    done
    echo "error: no Python 3.10 or newer found — install one, for example: apt-get install python3" >&2
    exit 2
}
