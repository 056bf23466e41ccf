"""What `havenline doctor` finds."""

import ssl
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.test import override_settings

from havenline.cli import checks, key_checks
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.post import actions as post
from havenline.foundation.sealing import keys
from havenline.foundation.work import queue
from havenline.site.installation import Installation
from tests import factories
from tests.foundation.post.mail_server import Keeper, free_port, mail_server, no_mail_server

pytestmark = pytest.mark.django_db


def test_an_installation_without_a_hotline_is_told_that_danger_reaches_nobody() -> None:
    finding = checks.on_call()
    assert not finding.ok
    assert "no hotline" in finding.said


def test_a_gap_in_a_rota_names_its_hotline(analyst: Membership) -> None:
    factories.agency(AgencyKind.HOTLINE, "Southmere Hotline")
    assert "Southmere Hotline from" in checks.on_call().said


def test_a_letter_that_came_back_is_a_note_and_not_an_illness() -> None:
    assert checks.letters().ok
    post.queue_letter(to="kit@care.example", subject="A message waits", body="Something waits.", why="test", by=INSTALLATION)
    with mail_server("550 No such mailbox"):
        queue.drain()
    finding = checks.letters()
    assert (finding.ok, finding.said) == (None, "1 came back or could not be sent")
    assert "/desk/work/" in finding.to_do


def test_an_exit_that_leads_to_an_example_is_told_to_an_installation_and_not_to_the_demo(settings: Any) -> None:
    real = Installation(home=Path("/nowhere"), kind="installation")
    settings.INSTALLATION = real
    finding = checks.ways_out()
    assert finding.ok is None
    assert "exit_url and removal_service_url" in finding.said
    settings.INSTALLATION = replace(real, deployment=replace(real.deployment, exit_url="https://weather.test/", removal_service_url=""))
    assert checks.ways_out().ok
    settings.INSTALLATION = replace(real, kind="demo")
    assert checks.ways_out().ok


@pytest.fixture
def whole_keys(tmp_path: Path, settings: Any) -> Path:
    keys.make(tmp_path / "keys")
    settings.KEYS = tmp_path / "keys"
    assert key_checks.sealing_keys().ok
    return tmp_path / "keys"


@pytest.mark.parametrize("name", ["desk.key", "desk.pub", "desk.secret", "public.secret", "form.key", "receipt.key", "mac.key"])
def test_each_missing_key_is_named(whole_keys: Path, settings: Any, name: str) -> None:
    (whole_keys / name).unlink()
    moved = whole_keys.rename(whole_keys.with_name("elsewhere"))  # a process remembers the keys of a folder
    settings.KEYS = moved
    finding = key_checks.sealing_keys()
    assert finding.ok is False
    assert name in finding.said


def test_a_key_that_others_can_read_is_named(whole_keys: Path) -> None:
    (whole_keys / "desk.key").chmod(0o644)
    assert "desk.key can be read by others" in key_checks.sealing_keys().said


def test_keys_of_two_installations_do_not_fit(whole_keys: Path, tmp_path: Path, settings: Any) -> None:
    keys.make(tmp_path / "others")
    (whole_keys / "desk.key").write_bytes((tmp_path / "others" / "desk.key").read_bytes())
    settings.KEYS = whole_keys.rename(whole_keys.with_name("mixed"))
    assert "does not belong to desk.key" in key_checks.sealing_keys().said


def test_a_mail_server_that_is_away_is_named() -> None:
    with no_mail_server():
        assert "does not answer" in checks.mail().said


def test_a_mail_password_never_travels_in_clear() -> None:
    with override_settings(EMAIL_HOST="mail.example", EMAIL_HOST_USER="havenline", EMAIL_USE_TLS=False):
        assert "would travel in clear" in checks.mail().said


def test_a_mail_server_without_the_encryption_that_is_asked_for_is_not_well() -> None:
    with mail_server(), override_settings(EMAIL_USE_TLS=True):
        finding = checks.mail()
    assert finding.ok is False
    assert "STARTTLS" in finding.said


def test_a_mail_server_with_a_certificate_that_nobody_signed_is_not_who_it_says(tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-keyout", str(certificate), "-out", str(tmp_path / "certificate")]
    subprocess.run(["openssl", "req", "-new", "-x509", "-nodes", *subject], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (tmp_path / "certificate").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Controller(Keeper(), hostname="127.0.0.1", port=free_port(), tls_context=context)
    server.start()
    try:
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port, EMAIL_USE_TLS=True):
            assert "is not who it says" in checks.mail().said
    finally:
        server.stop()


def test_swap_on_a_plain_disk_is_told_from_compressed_memory() -> None:
    assert checks._keeps_secrets(Path("/dev/zram0"))
    assert not checks._keeps_secrets(Path("/dev/sda2"))


@pytest.mark.parametrize(
    ("swaps", "is_well", "said"),
    [
        ("/dev/sda2 partition 2097148 0 -2", None, "/dev/sda2 is not encrypted"),
        ("/dev/zram0 partition 2097148 0 100\n/swapfile file 2097148 0 -2", None, "/swapfile is not encrypted"),
        ("/dev/zram0 partition 2097148 0 100", True, "never on a disk"),
        ("", True, "off"),
    ],
)
def test_memory_that_is_written_to_a_plain_disk_is_named(swaps: str, is_well: bool | None, said: str, tmp_path: Path) -> None:
    (tmp_path / "swaps").write_text(f"Filename Type Size Used Priority\n{swaps}\n")
    finding = checks.swap(tmp_path / "swaps")
    assert finding.ok is is_well
    assert said in finding.said


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no users")
@pytest.mark.parametrize(
    ("own", "said", "to_set"),
    [
        (("api", "match"), "the public side, the API and matching have database users of their own", ()),
        (("api",), "matching uses the desk’s database user", ("havenline_match", "match_database_url")),
        (("match",), "the API uses the desk’s database user", ("havenline_api", "api_database_url")),
        ((), "the API and matching use the desk’s database user", ("havenline_api", "api_database_url and match_database_url")),
    ],
)
def test_who_shares_the_desks_database_user_is_named(own: tuple[str, ...], said: str, to_set: tuple[str, ...], settings: Any) -> None:
    urls = {"database_url": "postgres://app@db/h", "public_database_url": "postgres://public@db/h"}
    urls |= {f"{role}_database_url": f"postgres://{role}@db/h" for role in own}
    settings.INSTALLATION = replace(settings.INSTALLATION, **urls)
    found = checks.trust_split()
    assert (found.ok, found.said) == (None if to_set else True, said)
    assert all(words in found.to_do for words in to_set)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_wait_for_the_disk_is_named() -> None:
    assert checks.durable_writes().ok
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL" if connection.vendor == "sqlite" else "SET synchronous_commit = off")
    try:
        assert checks.durable_writes().ok is False
    finally:
        connection.close()
