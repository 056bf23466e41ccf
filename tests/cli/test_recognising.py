"""What `havenline doctor` says of recognition."""

from pathlib import Path
from typing import Any

import pytest

from havenline.cli import recognising
from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import Confinement, DecoderDied, HashingProcess
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.kept import Home
from tests import factories


def test_it_is_told_whether_the_kernel_or_numpy_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "lib", object())
    assert recognising.matching().ok
    monkeypatch.setattr(kernel, "lib", None)
    monkeypatch.setattr(kernel, "why_not", "it was not compiled")
    finding = recognising.matching()
    assert finding.ok is None
    assert "NumPy serves" in finding.said


def test_the_process_that_reads_pictures_is_started_and_told_of() -> None:
    finding = recognising.pictures()
    assert finding.ok is not False
    if kernel.lib is not None:
        assert "seccomp" not in finding.said


def test_what_does_not_hold_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HashingProcess, "wait_until_ready", lambda _self: Confinement(True, True, False, True))
    finding = recognising.pictures()
    assert finding.ok is None
    assert "no seccomp" in finding.said
    assert "swapped" not in finding.said


def test_one_that_does_not_start_is_an_illness(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_self: HashingProcess) -> Confinement:
        raise DecoderDied("It ended.")

    monkeypatch.setattr(HashingProcess, "wait_until_ready", dies)
    assert recognising.pictures().ok is False


@pytest.mark.django_db
def test_an_index_that_is_missing_behind_or_silent_is_told_of(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    assert recognising.index_in_step().said == "no list is matched"
    made = lists.make_list(name="Ours", kind="hash", origin="own", agency=factories.agency("hotline"), by=INSTALLATION)
    assert recognising.index_in_step().ok is False
    home = Home(tmp_path / "recognition")
    follower = Follower(home, say=lambda words: None)
    follower.turn()
    assert "silent" in recognising.index_in_step().said
    home.say_followed()
    assert recognising.index_in_step().said == "in step with 1 lists"
    lists.add_entries(known_list=made, new=[lists.NewEntry("sha256", "0f" * 32)], by=INSTALLATION)
    assert "behind by 1 changes" in recognising.index_in_step().said
    assert follower.generation is not None
    follower.generation.close()
