"""A whole installation in real processes, and what can befall it: nothing acknowledged is lost, and everything says so."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import PATIENCE, Place, Reporter, kill, receipt_in

pytestmark = pytest.mark.slow


@pytest.fixture
def public(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    process = place.serve_public()
    yield process
    kill(process)


def at_the_check(place: Place) -> Reporter:
    reporter = Reporter(place)
    reporter.walk_to_the_check()
    return reporter


def test_the_public_process_takes_reports_while_the_key_that_reads_them_is_elsewhere(place: Place) -> None:
    (place.home / "keys" / "desk.key").rename(place.home / "elsewhere")
    public = place.serve_public()
    try:
        assert len(at_the_check(place).press_send()) == 16
    finally:
        kill(public)


def test_a_locked_database_is_a_page_and_the_same_form_is_sent_again(place: Place, public: subprocess.Popen[bytes]) -> None:
    reporter = at_the_check(place)
    held = sqlite3.connect(place.home / "havenline.sqlite3", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    try:
        assert reporter.press_send() == ""
        assert reporter.status == 503
        assert "Nothing is lost" in reporter.page
    finally:
        held.execute("ROLLBACK")
        held.close()
    assert len(reporter.press_send()) == 16
    assert place.count("intake.Report") == 1


def test_a_full_disk_is_a_page_and_the_same_form_is_sent_again(place: Place) -> None:
    """The kernel refuses to let any file of the public process grow beyond what the database is now."""
    largest = max(path.stat().st_size for path in place.home.glob("havenline.sqlite3*")) // 4096 * 4096

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    with sqlite3.connect(place.home / "havenline.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    full = subprocess.Popen(
        [sys.executable, "-m", "havenline.cli", "serve", "--role", "public", "--port", str(place.port)],
        env=place.environment,
        stdout=place.log.open("ab"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=small_disk,
    )
    reporter = Reporter(place)
    try:
        place.wait_until_served(full)
        receipts = []
        for _number in range(200):  # the log of the database grows until it may not
            reporter = at_the_check(place)
            receipt = reporter.press_send()
            if not receipt:
                break
            receipts.append(receipt)
        assert reporter.status == 503
    finally:
        kill(full)
    roomy = place.serve_public()
    try:
        receipts.append(reporter.press_send())
        assert len(receipts[-1]) == 16
        assert place.count("intake.Report") == len(set(receipts)) == len(receipts)
    finally:
        kill(roomy)


def test_sending_twice_after_a_kill_shows_the_same_receipt(place: Place) -> None:
    public = place.serve_public()
    reporter = at_the_check(place)
    form = dict(reporter.hidden)
    first = reporter.press_send()
    kill(public)
    public = place.serve_public()
    try:
        status, page = place.ask("POST", "/report/", **{**form, "go": "send"})
        assert (status, receipt_in(page)) == (200, first)
        assert place.count("intake.Report") == 1
    finally:
        kill(public)


def processes_of(place: Place) -> list[int]:
    """Every process whose environment names this home."""
    needle = f"HAVENLINE_HOME={place.home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (folder / "environ").read_bytes() and "Z" not in (folder / "stat").read_text().split()[2]:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_a_whole_house_serves_survives_a_death_and_ends_without_a_rest(place: Place) -> None:
    house = place.start("serve", "--port", str(place.port))
    try:
        assert at_the_check(place).press_send()
        role_of = {pid: environment(pid) for pid in processes_of(place)}
        assert {"public", "desk", "api", "worker"} <= set(role_of.values())
        for pid, role in role_of.items():
            if role == "public" and "gunicorn" in (Path("/proc") / str(pid) / "cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        place.wait_until_served()
        assert at_the_check(place).press_send()
        assert "is started again" in place.log.read_text()
        assert place.command("serve", "--port", str(place.port + 1), code=3)
        _until(lambda: place.count("intake.Report") == 2 and place.python(OPENED) == "2")
        findings = {check["name"]: check["ok"] for check in json.loads(place.command("doctor", "--json", code=1))["checks"]}
        assert findings["worker"]
        assert findings["ledger"]
        assert findings["arrivals"]
        assert not findings["on-call rota"]
    finally:
        began = time.monotonic()
        house.send_signal(signal.SIGINT)
        house.wait(timeout=PATIENCE)
    assert house.returncode == 0, place.log.read_text()
    assert time.monotonic() - began < 30
    assert processes_of(place) == []


OPENED = "from havenline.journey.intake.models import Report; print(Report.objects.exclude(opened_at=None).count())"


def environment(pid: int) -> str:
    """The role that a process was started in."""
    for pair in (Path("/proc") / str(pid) / "environ").read_bytes().split(b"\0"):
        if pair.startswith(b"HAVENLINE_ROLE="):
            return pair.decode().partition("=")[2]
    return ""


def _until(holds) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_a_dead_worker_leaves_its_arrivals_to_the_next(place: Place, public: subprocess.Popen[bytes]) -> None:
    assert at_the_check(place).press_send()
    assert place.python(OPENED) == "0"
    assert "none is alive" in place.command("doctor", code=1)
    worker = place.start("worker", until_served=False)
    _until(lambda: place.python("from havenline.foundation.work.models import Worker; print(Worker.objects.count())") == "1")
    kill(worker)
    worker = place.start("worker", until_served=False)
    try:
        assert at_the_check(place).press_send()
        _until(lambda: place.python(OPENED) == "2")
    finally:
        kill(worker, signal.SIGTERM)


def test_a_real_installation_is_never_set_up_twice_and_never_a_demo(place: Place) -> None:
    again = ["--name", "x", "--base-url", "http://localhost:1", "--oversight", "x", "--admin-name", "x", "--admin-email", "x@y.example"]
    assert "holds an installation already" in place.command("setup", *again, code=3)
    assert "is a real installation" in " ".join(place.command("demo", "--port", str(place.port), code=3).split())


def test_a_changed_byte_in_the_ledgers_table_is_found_and_named(place: Place, tmp_path: Path) -> None:
    assert "The ledger holds" in place.command("ledger", "verify")
    place.command("ledger", "export", str(tmp_path / "ledger.jsonl"))
    assert "The ledger holds" in place.command("ledger", "verify", str(tmp_path / "ledger.jsonl"))
    with sqlite3.connect(place.home / "havenline.sqlite3") as database:
        database.execute("DROP TRIGGER ledger_entry_no_update")
        second = "(SELECT entry_id FROM ledger_link WHERE sequence = 2)"
        database.execute(f"UPDATE ledger_entry SET body = replace(body, 'added', 'addeD') WHERE id = {second}")  # noqa: S608
    said = json.loads(place.command("ledger", "verify", "--json", code=1))
    assert (said["ok"], said["sequence"]) == (False, 2)
    assert "changed after it was written" in said["why"]
