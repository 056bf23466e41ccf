"""What `havenline doctor` says of recognition."""

import pytest

from havenline.cli import recognising
from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import Confinement, DecoderDied, HashingProcess


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
