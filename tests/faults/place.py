"""A real installation in a folder of its own, with real processes that can be killed; and people who report to it over HTTP."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from tests.foundation.post.mail_server import free_port

PATIENCE = 90.0  # seconds: the machine may be busy


class Place:
    """One installation. `owner_url` puts its database into PostgreSQL, each role with a user of its own."""

    def __init__(self, folder: Path, owner_url: str = "") -> None:
        self._stands_in(folder / "home", free_port())
        said = ["--name", "Test Hotline", "--base-url", f"http://localhost:{self.port}", "--oversight", "Oversight"]
        said += ["--admin-name", "Jo Hale", "--admin-email", "jo@havenline.example", *(["--owner-url", owner_url] if owner_url else [])]
        self.command("setup", *said)
        self.python(
            "from havenline.foundation.people import actions as people; from havenline.foundation.ledger.actors import INSTALLATION;"
            "people.add_agency(name='Test Hotline', kind='hotline', by=INSTALLATION)"
        )

    @classmethod
    def of_home(cls, home: Path, port: int = 0) -> "Place":
        """A home that was made already, or that is none yet."""
        place = cls.__new__(cls)
        place._stands_in(home, port or free_port())
        return place

    def _stands_in(self, home: Path, port: int) -> None:
        self.home, self.port, self.log = home, port, home.parent / "log"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_URL", "HAVENLINE_", "PYTEST_", "DJANGO_"))}
        self.environment = {**kept, "HAVENLINE_HOME": str(home), "PYTHONWARNINGS": "ignore"}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def command(self, *said: str, code: int = 0) -> str:
        """Run `havenline …` in this home; what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "havenline.cli", *said], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, text: str) -> str:
        """Run a line of Python inside this installation; what it printed."""
        begin = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'havenline.site.settings'; import django; django.setup();"
        done = subprocess.run([sys.executable, "-c", begin + text], env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *said: str, until_served: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        """Start `havenline …` in a process group of its own."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "havenline.cli", *said],
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if until_served:
            self.wait_until_served(process)
        return process

    def serve_public(self, *, until_served: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        return self.start("serve", "--role", "public", "--port", str(self.port), until_served=until_served, **environment)

    def wait_until_served(self, process: subprocess.Popen[bytes] | None = None) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert process is None or process.poll() is None, self.log.read_text()
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    if self.ask("GET", "/")[0] == 200:
                        return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """One request; status and page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Host": f"localhost:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body=urlencode(fields) if fields else None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def count(self, model: str) -> int:
        """How many rows a model has: `intake.Report`."""
        return int(self.python(f"from django.apps import apps; print(apps.get_model('{model}').objects.count())"))


class Process(Protocol):
    """What can be killed: a child of ours, or one that another forked for us."""

    @property
    def pid(self) -> int: ...
    def wait(self, timeout: float | None = None) -> int: ...


def kill(process: Process, number: int = signal.SIGKILL) -> None:
    """End a whole process group, by default without a word."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
    process.wait(timeout=PATIENCE)


WALK = (
    {"who": "parent"},
    {"kind": "contact"},
    {"danger": "no"},
    {"where": "chat"},
    {"app": "chat.example", "accounts": "riverwalk_77"},
    {"happened": "An adult stranger asked to meet my child."},
    {"relation": "lives_with"},
    {"age": "11", "town": "Northmere"},
    {"name": ""},
    {"how": "here"},
)


class Reporter:
    """Somebody at the public form, without JavaScript: keeps the hidden fields of the page, and nothing else."""

    def __init__(self, place: Place) -> None:
        self.place, self.hidden, self.page, self.status = place, dict[str, str](), "", 0

    def send(self, go: str = "on", **fields: str) -> None:
        self.status, self.page = self.place.ask("POST", "/report/", **{**self.hidden, "go": go, **fields})
        found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        self.hidden = {name: unescape(value) for name, value in found.items()} or self.hidden

    def walk_to_the_check(self) -> None:
        """Answer every question, up to the page that shows all answers."""
        self.status, self.page = self.place.ask("GET", "/report/")
        self.hidden = {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page)}
        for fields in WALK:
            self.send(**fields)
        assert "Check your answers" in self.page, self.page

    def press_send(self) -> str:
        """The receipt's sixteen digits, or "" where none was shown."""
        self.send(go="send")
        return receipt_in(self.page)


def receipt_in(page: str) -> str:
    found = re.search(r'class="receipt-digits">(.*?)</p>', page, re.DOTALL)
    return "".join(re.findall(r"\d", re.sub("<[^>]*>", "", found[1]))) if found else ""
