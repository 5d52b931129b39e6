"""An installer of one's own: `pytron package --installer archive:Archive` also packs an archive."""

from __future__ import annotations

import tarfile

from pytron.packager.pipeline import Build


class Archive:
    """The step that makes `NAME-VERSION.tar.gz`."""

    title = "pack the archive"

    def run(self, build: Build) -> None:
        """Pack the folder that was frozen, sealed and proved."""
        assert build.frozen is not None
        product = build.product
        result = build.out / f"{product.slug}-{product.version}.tar.gz"
        with tarfile.open(result, "w:gz") as archive:
            archive.add(build.frozen, arcname=product.slug)
        build.results["archive"] = result
