"""A public host seals to the desk's key only where the installation signed it."""

from pathlib import Path
from typing import Any

import pytest

from havenline.cli import key_checks
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import desk_key, keys
from havenline.foundation.sealing.models import Key
from havenline.journey.intake.models import Report
from havenline.site import installation
from tests.journey.intake.test_form import Visitor, to_check

pytestmark = pytest.mark.django_db
ANOTHERS = bytes(range(32))  # whoever swaps the key has its private half


@pytest.fixture
def public_host(settings: Any, tmp_path: Path) -> Path:
    """Keys as a public host holds them; who signs is told by its havenline.toml."""
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS)
    signer = (settings.KEYS / "ledger.pub").read_text().split()
    settings.INSTALLATION = installation.Installation(home=tmp_path, signs_desk_key=tuple(signer))
    for name in ("desk.key", "ledger.key", "desk.secret", "api.key"):
        (settings.KEYS / name).unlink()
    settings.HOLDS_DESK_KEY = settings.WRAPS_FOR_PARTIES = settings.LEDGER_APPENDS = False
    return Path(settings.KEYS)


def swap(folder: Path) -> None:
    (folder / "desk.pub").write_bytes(sealing.public_of(ANOTHERS))


def test_a_signed_key_is_sealed_to(public_host: Path) -> None:
    assert sealing.new_key("HL-1").secret


def test_nothing_is_sealed_to_a_swapped_key(public_host: Path) -> None:
    swap(public_host)
    with pytest.raises(desk_key.DeskKeySwapped):
        sealing.new_key("HL-1")
    assert not Key.objects.exists()


def test_a_key_that_came_with_a_ledger_of_its_own_is_refused_too(public_host: Path, tmp_path: Path) -> None:
    keys.make(tmp_path / "others")
    for name in ("desk.pub", "desk.pub.signed", "ledger.pub"):
        (public_host / name).write_bytes((tmp_path / "others" / name).read_bytes())
    with pytest.raises(desk_key.DeskKeySwapped):
        sealing.new_key("HL-1")


def test_beside_the_desks_own_key_too_nothing_is_sealed_to_one_that_does_not_belong_to_it(settings: Any, tmp_path: Path) -> None:
    settings.KEYS = tmp_path / "keys"
    keys.make(settings.KEYS)
    assert sealing.new_key("HL-1").secret
    swap(settings.KEYS)
    with pytest.raises(desk_key.DeskKeySwapped):
        sealing.new_key("HL-2")
    assert Key.objects.count() == 1


def test_a_signature_that_is_missing_is_no_signature(public_host: Path) -> None:
    (public_host / "desk.pub.signed").unlink()
    with pytest.raises(keys.KeyMissing):
        sealing.new_key("HL-1")


def test_a_reporter_is_told_that_nothing_was_sent_and_the_desk_is_told_why(
    public_host: Path, hotline: Agency, administrator: Membership, settings: Any, signed_in: Any
) -> None:
    visitor = to_check(Visitor())
    swap(public_host)
    visitor.send("send")
    assert visitor.status == 503
    assert "Nothing was sent" in visitor.page
    assert not Report.objects.exists()
    assert key_checks.public_keys().ok is False
    assert key_checks.agencies_keys().ok is False
    settings.KEYS = installation.load().home / "keys"
    settings.HOLDS_DESK_KEY = True
    page = signed_in(administrator).get("/desk/work/").content.decode()
    assert "refuses the desk’s key" in page
