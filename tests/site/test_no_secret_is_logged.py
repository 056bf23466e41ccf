"""What opens a door, and what a reporter wrote, is in no log: asked of every process with its log turned up, and everything failing.

The whole suite is watched for the same (`tests/planted.py`): here it is shown that the watch sees.
"""

import http.client
import logging
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from havenline.cli import home as homes
from havenline.cli.serve import free_port, gunicorn
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.actions import factors, make_api_key
from havenline.foundation.sealing import keys
from havenline.site import match
from havenline.site.logs import WithoutLinks
from tests import factories, planted

PASSWORD = "planted willow lantern 7"
WORDS = "planted words of a reporter"
RECEIPT = "4071 9326 5580 2714"
TOKEN = "planted-token-of-a-link-AbCdEfGhIjKlMnOpQrStUv:1abcdef:signature"
KEY = "a1b2c3d4.planted-key-of-a-platform-AbCdEfGh"
CODE, COOKIE, CLAIM = "planted-code-731042", "plantedsessionplantedsession1234", "planted-code-of-the-provider"
PLANTED = (
    PASSWORD,
    WORDS,
    RECEIPT,
    RECEIPT.replace(" ", ""),
    TOKEN,
    TOKEN.partition(":")[0],
    KEY,
    KEY.partition(".")[2],
    CODE,
    COOKIE,
    CLAIM,
)

Ask = Callable[..., int]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[str], tuple[Ask, Path]]]:
    """One role as it is served, but with no tables, so that what asks the database fails; all that it logs, turned up."""
    running = []

    def serve(role: str) -> tuple[Ask, Path]:
        keys.make(tmp_path / "keys")
        (tmp_path / "havenline.toml").write_text(
            homes.toml_of({"base_url": "http://report.example.org", "allowed_hosts": ["report.example.org"]})
        )
        port, log = free_port(), tmp_path / "log"
        environment = {
            **os.environ,
            "HAVENLINE_HOME": str(tmp_path),
            "HAVENLINE_ROLE": role,
            "GUNICORN_CMD_ARGS": "--access-logfile - --log-level debug",
        }
        for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
            environment.pop(name, None)
        with log.open("wb") as out:
            running.append(subprocess.Popen(gunicorn(f"127.0.0.1:{port}"), env=environment, stdout=out, stderr=out))

        def ask(path: str, form: dict[str, str] | None = None, body: bytes = b"", **headers: str) -> int:
            for _try in range(600):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                sent = urlencode(form).encode() if form else body
                said = {"Host": "report.example.org", **({"Content-Type": "application/x-www-form-urlencoded"} if form else {}), **headers}
                try:
                    connection.request("POST" if sent else "GET", path, sent or None, said)
                    return connection.getresponse().status
                except ConnectionRefusedError:
                    time.sleep(0.1)
                finally:
                    connection.close()
            raise AssertionError("it does not answer")

        return ask, log

    yield serve
    for one in running:
        one.terminate()
        one.wait(timeout=30)


def logged(log: Path) -> str:
    text = log.read_text(errors="replace")
    assert "GET " in text  # it logs at all
    return text


def planted_in(text: str) -> list[str]:
    return [one for one in PLANTED if one in text]


@pytest.mark.slow
def test_the_public_process_logs_no_word_and_no_receipt(process: Callable[[str], tuple[Ask, Path]]) -> None:
    ask, log = process("public")
    ask("/")
    for path in ("/report/", "/receipt/", "/en/report/", "/en/receipt/"):
        ask(path)
        ask(path, form={"happened": WORDS, "receipt": RECEIPT, "digits": RECEIPT, "state": WORDS})
    assert planted_in(logged(log)) == []


@pytest.mark.slow
def test_the_desk_logs_no_password_no_code_and_no_session(process: Callable[[str], tuple[Ask, Path]]) -> None:
    ask, log = process("desk")
    cookie = {"Cookie": f"desk={COOKIE}; desk_form={'c' * 32}", "X-CSRFToken": "c" * 32}
    assert ask("/sign-in/", form={"login": "robin@havenline.example", "password": PASSWORD}, **cookie) == 500
    ask("/sign-in/code/", form={"code": CODE}, **cookie)
    assert ask("/desk/", **cookie) == 500
    ask(f"/account/invitation/{TOKEN}/", form={"password1": PASSWORD, "password2": PASSWORD}, **cookie)
    assert ask(f"/account/invitation/{TOKEN}/") == 500
    ask(f"/account/address/{TOKEN}/")
    ask(f"/sign-in/with/agency/back/?code={CLAIM}&state={CLAIM}", **cookie)
    text = logged(log)
    assert "Traceback" in text
    assert planted_in(text) == []


@pytest.mark.slow
def test_the_api_logs_no_key_no_link_and_no_word(process: Callable[[str], tuple[Ask, Path]]) -> None:
    ask, log = process("api")
    report = b'{"kind": "contact", "narrative": "%s"}' % WORDS.encode()
    key = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    assert ask("/api/v1/reports", body=report, **key) == 503
    ask("/api/v1/reports", body=report[:-1], **key)
    ask(f"/host/{TOKEN}/")
    ask(f"/host/{TOKEN}/answer/", form={"words": WORDS})
    text = logged(log)
    assert "Traceback" in text
    assert planted_in(text) == []


# The watch over the whole suite


@pytest.fixture
def watch() -> planted.Watch:
    """One of our own, so that what it is shown fails no test."""
    return planted.Watch()


def test_the_watch_sees_what_is_drawn_however_it_is_written(watch: planted.Watch) -> None:
    watch.drawing(lambda: "AbCdEf-GhIjKl_MnOpQrSt")()
    watch.drawing(lambda: "4071932655802714")()
    watch.passwords.add(PASSWORD)
    for text in ("GET /x/AbCdEf-GhIjKl_MnOpQrSt/?a=1", "a receipt 4071 9326 5580 2714.", f"password={PASSWORD!r}", "4071932655802714"):
        watch.look_at(text)
    assert len(watch.found) == 4
    watch.look_at("nothing of it: 4071 9326, AbCdEf")
    assert len(watch.found) == 4


def test_the_watch_reads_what_our_loggers_say_and_knows_what_is_drawn(db: None, watched_logs: planted.Watch, client: Client) -> None:
    _key, raw = make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    secret = factors.new_secret()
    person = factories.member("analyst", factories.agency("hotline"), password=PASSWORD).person
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    known = watched_logs.drawn
    assert {raw.partition(".")[2], secret, client.session.session_key} <= known
    assert PASSWORD in watched_logs.passwords
    before = watched_logs.read
    logging.getLogger("havenline.anything").debug("a word")
    assert watched_logs.read == before + 1


def test_a_secret_that_our_loggers_say_is_found(db: None, watched_logs: planted.Watch) -> None:
    _key, raw = make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    logging.getLogger("havenline.anything").debug("asked with %s", raw)
    assert watched_logs.found
    watched_logs.found.clear()


def test_each_security_rule_that_is_passed_over_says_why() -> None:
    """Ruff's S rules are bandit's, and are on for everything that is served."""
    root = Path(__file__).parents[2]
    passed_over = [line for path in (root / "src").rglob("*.py") for line in path.read_text().splitlines() if re.search(r"noqa: S\d", line)]
    assert len(passed_over) > 5
    assert [line for line in passed_over if not re.search(r"noqa: S\d+(, S\d+)*\s+\(.+\)", line)] == []
    assert '"S"' in (root / "pyproject.toml").read_text().partition("[tool.ruff.lint]")[2].partition("\n")[2].partition("\n")[0]


def test_a_key_in_a_base_url_is_taken_out() -> None:
    """Also of what Granian writes, which serves matching: its log has this formatter, whoever turns its access log on."""
    said = f'127.0.0.1 "GET /k/{KEY}/m/raw_lookup?signal=00 HTTP/1.1" 200'
    record = logging.LogRecord("granian.access", logging.INFO, "", 0, said, (), None)
    assert match.LOGGING["formatters"]["plain"]["()"] == "havenline.site.logs.WithoutLinks"
    assert KEY.partition(".")[2] not in WithoutLinks().format(record)
    assert "/k/…" in WithoutLinks().format(record)
