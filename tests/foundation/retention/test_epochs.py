"""After a restore the ledger says what is lost; one that nobody announced is seen by the home."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.retention import epochs
from havenline.foundation.retention.models import Restoration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_wednesday: datetime) -> None:
    monkeypatch.setattr(epochs, "mark_path", lambda: tmp_path / "journal" / "ledger-seen.json")


def act() -> None:
    with transaction.atomic():
        ledger.record(INSTALLATION, "did something", "a test")
    ledger.append_committed()


def lose(on_wednesday: datetime, hours: int = 5) -> Restoration:
    return epochs.open_epoch(lost_from=on_wednesday - timedelta(hours=hours), lost_until=on_wednesday)


def test_a_mark_moves_on_and_a_ledger_that_no_longer_holds_it_is_named() -> None:
    act()
    epochs.look()
    act()
    epochs.look()
    seen = epochs.seen()
    assert seen is not None
    epochs._write(epochs.Mark(seen.sequence, "0" * 64, seen.at))  # as if this database were another
    with pytest.raises(epochs.Rewound, match=f"link {seen.sequence}"):
        epochs.look()
    assert epochs.seen() == epochs.Mark(seen.sequence, "0" * 64, seen.at)  # it is not covered up by looking again


def test_an_epoch_names_the_lost_range_on_the_ledger_and_is_signed(on_wednesday: datetime) -> None:
    act()
    epoch = lose(on_wednesday)
    assert epochs.is_signed(epoch)
    entry = Entry.objects.latest("id")
    assert "lost 2026-11-18T05:06:00+00:00 to 2026-11-18T10:06:00+00:00; after link 1" in entry.body
    assert epoch.signature in entry.body
    Restoration.objects.update(lost_from=on_wednesday - timedelta(hours=1))
    assert not epochs.is_signed(Restoration.objects.get())


def test_after_an_epoch_the_mark_follows_the_restored_ledger(on_wednesday: datetime) -> None:
    act()
    epochs._write(epochs.Mark(99, "0" * 64, "2026-11-18T09:00:00+00:00"))
    with pytest.raises(epochs.Rewound):
        epochs.look()
    lose(on_wednesday)
    epochs.look()


def test_the_public_page_says_which_hours_to_send_again_for_ninety_days(
    on_wednesday: datetime, standing_at: Any, client: Client, hotline: object
) -> None:
    said = "What was sent to us between 18 November 2026, 5:06 a.m. and 18 November 2026, 10:06 a.m. did not survive a fault."
    assert "lost" not in client.get("/").content.decode()
    lose(on_wednesday)
    assert said in client.get("/").content.decode()
    with standing_at(on_wednesday + timedelta(days=91)):
        assert said not in client.get("/").content.decode()


def test_it_says_so_in_arabic_too(on_wednesday: datetime) -> None:
    from django.template.loader import render_to_string
    from django.utils import translation

    lose(on_wednesday)
    with translation.override("ar"):
        page = render_to_string("retention/hours_lost.html", request=RequestFactory().get("/"))
    assert "ضاعت بعض البلاغات" in page
    assert "Some reports" not in page
