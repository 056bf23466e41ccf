"""One role served without the front: it believes no header that speaks of the request itself."""

import http.client
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from havenline.cli import home as homes
from havenline.cli.serve import free_port, gunicorn
from havenline.foundation.sealing import keys

Ask = Callable[..., tuple[int, str, dict[str, str]]]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[[str, str], Ask]]:
    processes = []

    def serve(role: str, base_url: str) -> Ask:
        keys.make(tmp_path / "keys")
        (tmp_path / "havenline.toml").write_text(homes.toml_of({"base_url": base_url, "allowed_hosts": ["report.example.org"]}))
        port = free_port()
        environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path), "HAVENLINE_ROLE": role}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        processes.append(subprocess.Popen(gunicorn(f"127.0.0.1:{port}"), env=environment))

        def ask(path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
            for _try in range(600):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                try:
                    connection.request("GET", path, headers={"Host": "report.example.org", **headers})
                    answer = connection.getresponse()
                    return answer.status, answer.read().decode(), dict(answer.getheaders())
                except ConnectionRefusedError:
                    time.sleep(0.1)
                finally:
                    connection.close()
            raise AssertionError("it does not answer")

        return ask

    yield serve
    for process in processes:
        process.terminate()
        process.wait(timeout=30)


def test_what_the_outside_says_of_scheme_and_path_is_not_believed(served: Callable[[str, str], Ask]) -> None:
    ask = served("api", "http://report.example.org")
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "PATH_INFO": "/nowhere/", "SCRIPT_NAME": "/api"}
    status, page, _headers = ask("/api/v1/docs", **forged)
    assert status == 200
    assert "http://report.example.org/" in page
    assert "https://report.example.org" not in page


@pytest.fixture
def could_write_core_dumps() -> Iterator[None]:
    """As on a machine whose processes may, unless they say otherwise of themselves."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="this machine writes no core dump at all")
def test_what_serves_a_role_writes_its_memory_nowhere(
    could_write_core_dumps: None, served: Callable[[str, str], Ask], tmp_path: Path
) -> None:
    served("public", "https://report.example.org")("/help/")
    home = f"HAVENLINE_HOME={tmp_path}".encode()
    limits = [(folder / "limits").read_text() for folder in Path("/proc").glob("[0-9]*") if home in _environment(folder)]
    assert len(limits) >= 2  # the master, and who answers
    assert {line.split()[4] for text in limits for line in text.splitlines() if line.startswith("Max core file size")} == {"0"}


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def test_no_method_is_answered_that_only_asks_what_arrives(db: None, client: Client) -> None:
    assert client.get("/desk/").status_code == 302
    answer = client.trace("/desk/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_behind_a_proxy_that_says_nothing_it_knows_that_people_come_encrypted(served: Callable[[str, str], Ask]) -> None:
    ask = served("public", "https://report.example.org")
    status, _page, headers = ask("/help/")
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)


def test_over_tls_its_cookies_are_this_hosts_alone(served: Callable[[str, str], Ask]) -> None:
    ask = served("desk", "https://report.example.org")
    status, _page, headers = ask("/sign-in/")
    assert status == 200
    cookie, *attributes = headers["Set-Cookie"].split("; ")
    assert cookie.startswith("__Host-desk_form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert not any(one.startswith("Domain") for one in attributes)
