"""The `pytron` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    from pytron import __version__

    parser = argparse.ArgumentParser(
        prog="pytron", description="Desktop apps with Python logic and a web page as their face."
    )
    parser.add_argument("--version", action="version", version=f"pytron {__version__}")
    parser.parse_args(arguments)
    parser.print_help(sys.stderr)
    return 2
