"""Services on Linux: the freedesktop.org specifications, over D-Bus and files."""
