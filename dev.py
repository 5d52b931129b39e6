"""The repository's door: `python3 dev.py demo`, `python3 dev.py test`, `python3 dev.py --help`.

It needs nothing but Python's standard library; what it does is in `tools/dev/`. This file must
parse on every Python there is, old ones too, so that the sentence below can be said.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 (the point is to be run by an older Python)
    sys.stderr.write(
        "dev.py: this is Python %d.%d, and Pytron needs 3.10 or newer.\n"  # noqa: UP031 (no f-strings there)
        "Remedy: run it with a newer one, for example `python3.12 dev.py demo`;\n"
        "get one from your system's packages or from https://www.python.org/downloads/.\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

from tools.dev.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
