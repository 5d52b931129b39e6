"""Whatever is done to a state, and however it is cut into batches: the file has the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import rule
from pytron.persistence import Persistence, journal
from state.test_replica import Replica, exact

from .samples import read


class KeptReplica(Replica):
    """The replica test, with a file that follows as well."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "s.db"
        self.persistence = Persistence(self.state, None, self.path)
        self.persistence.open()

    @rule()
    def write(self) -> None:
        self.persistence.flush()

    def teardown(self) -> None:
        with self.folder:
            super().teardown()
            self.persistence.close()
            assert exact(read(self.path, {})) == exact(self.copy)


class FoldedReplica(KeptReplica):
    """The same, with a snapshot after each batch."""

    def __init__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(journal, "_LEAST_FOLD_BYTES", 0)
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        self.patch.undo()


TestKeptReplica = KeptReplica.TestCase
TestFoldedReplica = FoldedReplica.TestCase
TestKeptReplica.settings = TestFoldedReplica.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)
