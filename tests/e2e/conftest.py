"""The whole product from a fresh home, as a newcomer starts it; and a browser, with JavaScript on or off."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import picture, started

BUILT_WITHIN = 420  # seconds, on a machine that does other things too


@dataclass(frozen=True)
class Demo:
    """A running demo: where, and who can sign in."""

    url: str
    home: Path
    accounts: list[dict[str, str]]

    def account(self, role: str, *, agency: str = "Northmere", nth: int = 0) -> dict[str, str]:
        """An account by its role's name and its agency's beginning."""
        fitting = [a for a in self.accounts if a.get("role") == role and a["agency"].startswith(agency)]
        return fitting[nth]

    def by_name(self, name: str) -> dict[str, str]:
        return next(a for a in self.accounts if a.get("name") == name)

    def havenline(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command line on this home."""
        environment = {**os.environ, "HAVENLINE_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}
        command = [sys.executable, "-m", "havenline.cli", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`havenline demo` in a home of this process's own, ended with Ctrl-C. `HAVENLINE_E2E_HOME` and `_URL` name one that runs already."""
    if "HAVENLINE_E2E_URL" in os.environ:
        home = Path(os.environ["HAVENLINE_E2E_HOME"])
        yield Demo(os.environ["HAVENLINE_E2E_URL"], home, json.loads((home / "demo-accounts.json").read_text()))
        return
    own = tmp_path_factory.getbasetemp()
    home = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(_made_once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own), home)
    with demo_in(home) as running:
        yield running


def _made_once(folder: Path) -> Path:
    """A fresh demo's home, made by whichever process of this run comes first."""
    made = folder / "demo-made" / "home"
    with (folder / "demo-made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.parent.mkdir(exist_ok=True)  # another process may have failed to make it
            with demo_in(made):
                pass
    return made


@contextmanager
def demo_in(home: Path) -> Iterator[Demo]:
    """A demo served from `home` on a free port while this lasts, made there where there is none; its log stands beside the home."""
    port = _free_port()
    environment = {**os.environ, "HAVENLINE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}
    environment.pop("DATABASE_URL", None)
    log = (home.parent / "demo.log").open("w")
    command = [sys.executable, "-m", "havenline.cli", "demo", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait(f"http://localhost:{port}/", process, home.parent / "demo.log")
        yield Demo(f"http://localhost:{port}", home, json.loads((home / "demo-accounts.json").read_text()))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0, "Ctrl-C did not end the demo cleanly"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _second in range(BUILT_WITHIN):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  (our own loopback address)
                return
        except OSError:
            time.sleep(1)
    raise RuntimeError(f"The demo did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="module")  # Playwright runs once in a process: the other files have a browser of their own
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def new_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Callable[[], Page]]:
    """A page in a browser of its own: each person of a walk sits at another machine."""
    contexts: list[BrowserContext] = []

    def open_page() -> Page:
        context = chromium.new_context(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for number, context in enumerate(contexts):
        picture(context.pages[0], f"{request.node.name}-{number}")  # where each person's page stood at the end
        context.close()
