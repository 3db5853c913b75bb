"""Entry of every command in this folder: `python scripts <command> [arguments]`."""

import sys

from lib.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
