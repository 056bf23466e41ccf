"""A marked picture, made here, is sent through every door in every coat, and nothing of it is found: database, disk, log."""

import base64
import binascii
import gzip
import json
import logging
import os
import quopri
import random
import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, Draft, Membership
from havenline.journey.intake import actions as intake
from havenline.journey.intake.models import Message, Report
from tests import factories
from tests.journey.intake.test_form import Visitor

pytestmark = [pytest.mark.django_db(transaction=True)]
MARK = b"havenline-benign-test-pattern"


def picture() -> bytes:
    """A PNG of noise, 24 by 24, with a mark in it: benign, and drawn here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    noise = random.Random(11)
    rows = b"".join(b"\x00" + noise.randbytes(24 * 3) for _row in range(24))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0)) + chunk(b"tEXt", b"Comment\x00" + MARK)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PNG = picture()
COATS: dict[str, str] = {
    "raw": PNG.decode("latin-1"),
    "base64": base64.b64encode(PNG).decode(),
    "base64 in lines": base64.encodebytes(PNG).decode(),
    "base64url": base64.urlsafe_b64encode(PNG).decode(),
    "data URL": "data:image/png;base64," + base64.b64encode(PNG).decode(),
    "data URL in percent": "data:image/png," + quote(PNG),
    "hex": PNG.hex(),
    "hex in pairs": " ".join(f"{one:02x}" for one in PNG),
    "hex dump": "\n".join(f"{at:08x}  {PNG[at : at + 16].hex(' ')}" for at in range(0, len(PNG), 16)),
    "percent": quote(PNG),
    "quoted-printable": quopri.encodestring(PNG).decode("ascii"),
    "gzip and base64": base64.b64encode(gzip.compress(PNG)).decode(),
    "base32": base64.b32encode(PNG).decode(),
    "ascii85": base64.a85encode(PNG).decode(),
    "base85": base64.b85encode(PNG).decode(),
    "uuencode": "".join(binascii.b2a_uu(PNG[at : at + 45]).decode() for at in range(0, len(PNG), 45)),
    "numbers": ", ".join(str(one) for one in PNG),
}
# Pieces from the middle of each, by which it would be known again; no shorter than what could come about by itself.
PIECES = [MARK, *(coat[len(coat) // 2 : len(coat) // 2 + 24].encode() for name, coat in COATS.items() if name != "raw")]


def stored() -> dict[str, int]:
    """How many rows each table of ours has; what is sealed cannot be searched, so it must not be there."""
    watched = ("intake", "triage", "takedown", "handover", "records", "investigation", "safeguarding", "prevention", "accountability")
    return {model._meta.label: model._base_manager.count() for name in watched for model in apps.get_app_config(name).get_models()}


def everything_kept() -> bytes:
    """The database as it lies on the disk, or as it dumps; and every file of the home."""
    kept = [path.read_bytes() for path in Path(django_settings.HOME).rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            name = Path(connection.settings_dict["NAME"])
            kept += [path.read_bytes() for path in name.parent.glob(f"{name.name}*") if path.is_file()]
        else:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT CAST(t AS text) FROM "{table}" t')  # noqa: S608
                kept += [str(row).encode() for (row,) in cursor.fetchall()]
    return b"".join(kept)


@pytest.fixture
def nothing_is_left(caplog: pytest.LogCaptureFixture) -> Callable[[], None]:
    caplog.set_level(logging.DEBUG)

    def look() -> None:
        kept = everything_kept() + "\n".join(record.getMessage() for record in caplog.records).encode()
        assert [piece for piece in PIECES if piece in kept] == []

    return look


@pytest.fixture
def nothing_was_put_aside(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A folder knows when something was last put into it or taken out: also what lay there for a moment."""
    settings.FILE_UPLOAD_TEMP_DIR = aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    os.utime(aside, (0, 0))

    def look() -> None:
        assert aside.stat().st_mtime == 0

    return look


@pytest.mark.parametrize("coat", COATS)
def test_no_field_of_the_public_form_takes_it(coat: str, hotline: Agency, nothing_is_left: Callable[[], None]) -> None:
    before = stored()
    visitor = Visitor()
    visitor.get("/report/")
    for fields in (
        {"who": "parent"}, {"kind": "contact"}, {"danger": "no"}, {"where": "chat"},
        {"app": COATS[coat], "accounts": COATS[coat], "urls": COATS[coat], "conversation": COATS[coat]}, {"app": "chat.example"},
        {"happened": COATS[coat]}, {"happened": "An adult stranger asked to meet my child."}, {"relation": "lives_with"},
        {"age": "11", "town": COATS[coat], "school": COATS[coat], "name": COATS[coat]}, {"age": "11"},
        {"name": COATS[coat], "contact": COATS[coat]}, {"name": ""}, {"how": "here"},
    ):  # fmt: skip
        visitor.send(**fields)  # type: ignore[arg-type]
        assert visitor.status < 500
    visitor.send("send")
    assert visitor.status < 500
    for report in Report.objects.all():  # what was asked again and answered in words may have arrived
        text = json.dumps(report.answers()).encode()
        assert [piece for piece in PIECES if piece in text] == []
    if not Report.objects.exists():
        assert stored() == before
    nothing_is_left()


@pytest.mark.parametrize("coat", COATS)
def test_no_field_of_the_api_and_no_addition_takes_it(
    coat: str, hotline: Agency, administrator: Membership, nothing_is_left: Callable[[], None]
) -> None:
    received = intake.receive(answers={"kind": "contact", "happened": "An adult stranger asked to meet a child.", "danger": "no"})
    _key, clear = people.make_api_key(agency=factories.agency("platform"), by=administrator)
    before, worded = stored(), {"kind": "contact", "narrative": "An adult stranger.", "danger_now": False}
    for field, value in (
        ("narrative", COATS[coat]), ("conversation", COATS[coat]),
        ("url", f"https://page.example/{COATS[coat]}"), ("accounts", [COATS[coat]]),
    ):  # fmt: skip
        sent = Client().post(
            "/api/v1/reports", json.dumps({**worded, field: value}), content_type="application/json",
            headers={"Authorization": f"Bearer {clear}", "Idempotency-Key": f"{field}-{coat}"[:60]},
        )  # fmt: skip
        assert 400 <= sent.status_code < 500, (field, sent.content[:200])
    with pytest.raises(ValueError, match=r"picture|not text|too long"):
        intake.add_message(report=received.report, words=COATS[coat], submission="s")
    assert stored() == before
    nothing_is_left()


@pytest.mark.parametrize("coat", COATS)
def test_no_field_of_the_desk_takes_it_drafts_included(
    coat: str, hotline: Agency, analyst: Membership, signed_in: Any, nothing_is_left: Callable[[], None]
) -> None:
    report = factories.report(hotline)
    before, browser = stored(), signed_in(analyst)
    where = f"/desk/queue/{report.reference}"
    for path, fields in (
        ("/desk/drafts/", {"page": f"{where}/", "action": f"{where}/decide/", "words": COATS[coat]}),
        (f"{where}/write/", {"words": COATS[coat], "could_be_read": "no"}),
        (f"{where}/read/", {"words": COATS[coat]}),
        (f"{where}/children/", {"name": COATS[coat]}),
        ("/desk/whatever/comes/later/", {"a_field_of_its_own": COATS[coat]}),
    ):
        assert browser.post(path, fields).status_code == 422
    assert stored() == before
    assert not Draft.objects.exists()
    nothing_is_left()


def test_a_file_is_dropped_as_it_comes(
    hotline: Agency, analyst: Membership, signed_in: Any, nothing_is_left: Callable[[], None], nothing_was_put_aside: Callable[[], None]
) -> None:
    visitor = Visitor().get("/report/")
    sent: dict[str, Any] = {**visitor.hidden, "go": "on", "who": "parent", "file": SimpleUploadedFile("p.png", PNG, "image/png")}
    Client().post("/report/", sent)
    signed_in(analyst).post("/desk/queue/next/", {"file": SimpleUploadedFile("p.png", PNG, "image/png")})
    Client().post("/api/v1/reports", PNG, content_type="image/png")
    assert not Message.objects.exists()
    nothing_is_left()
    nothing_was_put_aside()
