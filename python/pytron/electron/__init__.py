"""Electron on this machine: `finding` it, its `releases`, and `installs` of them."""
