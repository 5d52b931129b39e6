#!/bin/sh
# Prepares this machine (or CI) for work on Pytron: finds a Python and hands over to dev.py.
set -eu
cd "$(dirname "$0")"
for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    exec "$name" dev.py setup "$@"
  fi
done
echo "setup.sh: Python 3.10 or newer is missing; get it from your system's packages" >&2
exit 1
