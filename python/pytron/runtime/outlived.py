"""Windows of an earlier Python process, which `pytron dev` lets live on."""

from __future__ import annotations

from typing import NamedTuple

from pytron.dispatcher.grants import Grants, grants_of
from pytron.options import WindowOptions
from pytron.window import Window


class Outlived(NamedTuple):
    """Such a window, until the new code opens it: from then on it is the code's own."""

    window: Window
    #: It shows a page that the app does not serve, whatever the new code would open.
    foreign: bool

    def grants(self, options: WindowOptions, *, foreign: bool = False) -> Grants | None:
        """What its pages may do by these options."""
        label, allow = self.window.label, options.get("allow")
        return grants_of(label, allow, foreign=foreign or self.foreign)
