"""Which steps a build has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytron.errors import PackagingError
from pytron.packager import installers as formats
from pytron.packager.manifest import Describe
from pytron.packager.nuitka import Compile
from pytron.packager.page import Page
from pytron.packager.pipeline import Step
from pytron.packager.prove import Prove
from pytron.packager.pyinstaller import Freeze
from pytron.packager.settings import Product
from pytron.packager.shield import Seal, SealPages, check
from pytron.packager.signing import Sign
from pytron.packager.sizes import Explain


class Wishes(NamedTuple):
    """What was asked for."""

    build: bool = True
    nuitka: bool = False
    shield: bool = False
    prove: bool = True
    report: bool = False
    installers: Sequence[str] = ()
    sign: bool = False
    sign_dry_run: bool = False


def steps_for(product: Product, wishes: Wishes) -> list[Step]:
    """The steps for what was asked, in their order.

    Raises:
        PackagingError: an installer that does not exist, or that cannot hold such a build; wishes
            that do not go together.
    """
    if wishes.shield:
        _check_sealable(product, wishes)
    steps: list[Step] = [Page()] if wishes.build else []
    if wishes.nuitka:
        steps += [SealPages(), Compile()] if wishes.shield else [Compile()]
    else:
        steps.append(Freeze())
    seals_all = wishes.shield and not wishes.nuitka
    if wishes.report and seals_all:
        steps.append(Explain())  # sealed, no part can be told from another
    if seals_all:
        steps.append(Seal())
    signs = wishes.sign or wishes.sign_dry_run
    if signs:
        steps.append(Sign("program", dry=wishes.sign_dry_run))
    if wishes.prove:
        steps.append(Prove())
    if wishes.report and not seals_all:
        steps.append(Explain())
    for name in wishes.installers:
        if product.settings.one_file:
            raise PackagingError(f"--installer {name} needs a folder; leave --one-file out")
        steps.append(formats.installer(name, product.folder))
    if signs and wishes.installers:
        steps.append(Sign("installers", dry=wishes.sign_dry_run))
    return [*steps, Describe()]


def _check_sealable(product: Product, wishes: Wishes) -> None:
    """Say before minutes of building what cannot be sealed after them."""
    if product.settings.one_file:
        raise PackagingError(
            "--shield needs a folder: one file unpacks its libraries at each start to where others "
            "can exchange them; leave --one-file out, and hand out one file by --installer"
        )
    scheme = product.settings.shield.scheme
    if wishes.nuitka and scheme != "embedded":
        raise PackagingError(
            f"scheme = {scheme!r} needs the shield's own program, and --nuitka makes another; "
            'leave out --nuitka, or set scheme = "embedded" in [tool.pytron.package.shield]'
        )
    check(product)
