"""The console script `countycast`: the same program as `cargo install countycast` gives."""

import sys


def main() -> int:
    """Runs the program with the process's arguments."""
    from countycast import _countycast

    return _countycast.main(["countycast", *sys.argv[1:]])
