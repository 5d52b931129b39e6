"""What windows of the native engine can do. Light: its host in another process is asked too."""

from __future__ import annotations

from pytron.options import FRAMED, PLACED

WINDOW_FEATURES = FRAMED | {"window"}


def able(feature: str) -> tuple[bool, str]:
    """Whether windows of this process can do something, and why not."""
    if feature in WINDOW_FEATURES:
        return True, "the native engine does it"
    import pytron_native

    if feature in PLACED:  # only Wayland has something against it
        return pytron_native.can("window.move") or (True, "the system does it")
    return pytron_native.can(feature) or (False, f"the native engine has no {feature} here")
