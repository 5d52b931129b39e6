"""Fixtures for tests with real windows."""

from e2e.driver import run_app

__all__ = ["run_app"]
