"""What is refused before anything is built."""

from __future__ import annotations

import pytest
from packager.test_installers import product
from pytron.errors import PackagingError
from pytron.packager.settings import Shield
from pytron.packager.steps import Wishes, steps_for


@pytest.mark.parametrize(
    ("shield", "words"),
    [
        (Shield(scheme="passphrase"), "needs the passphrase in PYTRON_SHIELD_PASSPHRASE"),
        (Shield(scheme="licence"), r"no product key .*product\.key; make one"),
        (Shield(key="none.pem"), "openssl genpkey"),
    ],
)
def test_what_sealing_lacks_is_said_before_minutes_of_building(
    shield: Shield, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pytron_shield")
    monkeypatch.delenv("PYTRON_SHIELD_PASSPHRASE", raising=False)
    with pytest.raises(PackagingError, match=words):
        steps_for(product(shield=shield), Wishes(shield=True))
