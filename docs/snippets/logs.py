"""Showing what Pytron logs: call before `app.run()`."""

import logging

logging.basicConfig(level=logging.DEBUG)
