"""Which steps a build has."""

from __future__ import annotations

from collections.abc import Sequence

from pytron.errors import PackagingError
from pytron.packager import installers as formats
from pytron.packager.nuitka import Compile
from pytron.packager.pipeline import Step
from pytron.packager.prove import Prove
from pytron.packager.pyinstaller import Freeze
from pytron.packager.settings import Product
from pytron.packager.sizes import Explain


def steps_for(
    product: Product, *, nuitka: bool, prove: bool, installers: Sequence[str], report: bool
) -> list[Step]:
    """The steps for what was asked, in their order.

    Raises:
        PackagingError: an installer that does not exist, or that cannot hold such a build.
    """
    steps: list[Step] = [Compile() if nuitka else Freeze()]
    if prove:
        steps.append(Prove())
    if report:
        steps.append(Explain())
    for name in installers:
        if product.settings.one_file:
            raise PackagingError(f"--installer {name} needs a folder; leave --one-file out")
        steps.append(formats.installer(name))
    return steps
