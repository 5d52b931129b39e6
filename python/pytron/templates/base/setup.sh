#!/bin/sh
# Prepares this machine (or CI) for the app: Python packages, what the system lacks, the page.
set -eu
cd "$(dirname "$0")"

python=""
for name in python3 python3.13 python3.12 python3.11 python3.10 python; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "setup.sh: Python 3.10 or newer is missing; get it from your system's packages" >&2
  exit 1
fi

if grep -q '^\[tool\.uv\]' pyproject.toml; then
  command -v uv >/dev/null || { echo "setup.sh: uv is missing; run: pipx install uv" >&2; exit 1; }
  uv sync
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  pip=".venv/bin/python -m pip install --quiet --disable-pip-version-check"
  $pip -r requirements.txt
  # pip leaves what has the same version, whatever `pytron update` has put into vendor/.
  grep '^\./vendor/' requirements.txt >.venv/vendored.txt
  $pip --force-reinstall --no-deps -r .venv/vendored.txt
fi

if [ -n "${GITHUB_PATH:-}" ]; then echo "$PWD/.venv/bin" >>"$GITHUB_PATH"; fi
.venv/bin/pytron build --install
.venv/bin/pytron doctor --fix
echo "ready: .venv/bin/pytron run"
