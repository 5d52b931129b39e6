"""Electron on this machine: which releases there are, fetching and finding them."""

from pytron.electron.installs import Install, find, install, installs, remove, verify
from pytron.electron.releases import Release, release

__all__ = ["Install", "Release", "find", "install", "installs", "release", "remove", "verify"]
