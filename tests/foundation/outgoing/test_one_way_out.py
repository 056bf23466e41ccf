"""The one way out: to addresses that were checked, within a time and a size, and nowhere that an answer leads."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from havenline.foundation import outgoing
from havenline.foundation.outgoing import Why
from tests.journey.takedown.web_server import host_that, says_nothing, self_signed

HERE = ("127.0.0.1",)
MOST = 1_000  # bytes


def ask(url: str, **more: object) -> outgoing.Answer:
    return outgoing.ask(url, **{"within": 2.0, "largest": MOST, "may_ask_inside": HERE, **more})  # type: ignore[arg-type]


def answers(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body


def why(url: str, **more: object) -> Why:
    with pytest.raises(outgoing.NoAnswer) as refused:
        ask(url, **more)
    return refused.value.why


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let the system's resolver give these addresses, one list for each time that it is asked; gives each name that it was asked for."""

    def know(*each_time: list[str]) -> list[str]:
        asked: list[str] = []
        original = socket.getaddrinfo

        def answer(name: str, *rest: object, **more: object) -> list[object]:
            if outgoing.is_address(name):
                return original(name, *rest, **more)  # type: ignore[arg-type,return-value]
            asked.append(name)
            found = each_time[min(len(asked), len(each_time)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        return asked

    return know


@pytest.fixture
def goes_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[object]]:
    """Let every connection end at this port here; gives each place that one was to go to."""

    def lead(port: int) -> list[object]:
        places: list[object] = []
        original = socket.create_connection

        def connect(place: object, **more: object) -> socket.socket:
            places.append(place)
            return original(("127.0.0.1", port), **more)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "create_connection", connect)
        return places

    return lead


# Where it goes


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://10.0.0.7/", "http://[::1]/", "http://[fd00::1]/", "http://169.254.169.254/latest/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://224.0.0.1/", "http://240.0.0.1/", "http://0.0.0.0/",
        "http://[fe80::1]/", "http://100.64.0.1/", "http://[::]/", "http://192.0.2.7/", "http://user@127.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_the_internets_is_not_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    with pytest.raises(outgoing.PointsInside):
        ask(url, may_ask_inside=())


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "255.255.255.255", "::ffff:169.254.169.254"])  # noqa: S104
def test_no_list_opens_what_is_no_agencys_network(address: str, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    names([address])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    with pytest.raises(outgoing.PointsInside):
        ask("http://witness.example/", may_ask_inside=("witness.example",))


def test_a_listed_host_is_asked_inside_by_its_name_or_by_its_name_and_port(
    names: Callable[..., list[str]], goes_to: Callable[[int], list[object]]
) -> None:
    names(["10.0.0.7"])
    with host_that(answers(b"well")) as host:
        places = goes_to(host.port)
        for listed in ("witness.example", "Witness.example:8443"):
            assert ask("http://witness.example:8443/", may_ask_inside=(listed,)).body == b"well"
        with pytest.raises(outgoing.PointsInside):
            ask("http://witness.example:8444/", may_ask_inside=("witness.example:8443",))
    assert places == [("10.0.0.7", 8443)] * 2


def test_a_name_that_points_elsewhere_a_moment_later_leads_nowhere_else(
    names: Callable[..., list[str]], goes_to: Callable[[int], list[object]]
) -> None:
    asked = names(["8.8.8.8"], ["127.0.0.1"])
    with host_that(answers(b"well")) as host:
        places = goes_to(host.port)
        assert ask("http://pictures.example/", may_ask_inside=()).body == b"well"
    assert (asked, places) == (["pictures.example"], [("8.8.8.8", 80)])
    assert b"Host: pictures.example\r\n" in host.requests[0]


def test_one_inner_address_among_outer_ones_is_enough_to_ask_nothing(names: Callable[..., list[str]]) -> None:
    names(["8.8.8.8", "192.168.0.1"])
    with pytest.raises(outgoing.PointsInside):
        ask("http://pictures.example/")


def test_a_redirect_is_an_answer_and_leads_nowhere() -> None:
    with host_that(answers(b"", "Location: http://127.0.0.1:1/", "Content-Length: 0", status="302 Found")) as host:
        assert ask(f"http://127.0.0.1:{host.port}/").status == 302
    assert host.connections == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "//example.com/", "nothing", "http://"]
)
def test_no_other_scheme_is_asked(url: str, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(["8.8.8.8"])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    with pytest.raises(outgoing.NoAddress):
        ask(url)
    assert asked == []


def test_over_tls_it_asks_for_the_name_and_accepts_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: Callable[..., list[str]], goes_to: Callable[[int], list[object]]
) -> None:
    certificate, key = self_signed(tmp_path, "witness.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _line, name, _context: asked.append(name)
    names(["8.8.8.8"])
    with host_that(answers(b"well"), tls=context) as host:
        goes_to(host.port)
        assert why("https://witness.example/") == Why.CERTIFICATE
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ask("https://witness.example/").body == b"well"
        assert why("https://other.example/") == Why.CERTIFICATE
    assert asked == ["witness.example", "witness.example", "other.example"]


# What it sends and hears


def test_a_body_is_sent_whole_and_its_answer_read() -> None:
    chunks = answers(b"5\r\nknown\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Type: Text/Plain; charset=utf-8")
    with host_that(chunks) as host:
        found = ask(f"http://127.0.0.1:{host.port}/add?a=b", method="POST", body=b"a checkpoint")
    assert (found.status, found.body, found.content_type) == (200, b"known", "text/plain")
    assert host.requests[0].startswith(b"POST /add?a=b HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{host.port}\r\n".encode() in host.requests[0]
    assert host.requests[0].endswith(b"a checkpoint")


@pytest.mark.parametrize("value", ["a\r\nX-Other: 1", "a\nb", "a\x00b"])
def test_no_header_can_be_slipped_in(value: str) -> None:
    with host_that(answers(b"")) as host:
        assert why(f"http://127.0.0.1:{host.port}/", headers={"X-One": value}) == Why.BAD_ADDRESS
    assert host.requests == []


def an_endless_body(line: socket.socket) -> None:
    line.sendall(answers(b""))
    while True:
        line.sendall(b"x" * 1000)


def endless_headers(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X-More: " + b"x" * 30_000 + b"\r\n")


def a_byte_a_moment(line: socket.socket) -> None:
    line.sendall(answers(b""))
    while True:
        line.sendall(b"x")
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("speak", "expected"),
    [
        (an_endless_body, Why.TOO_LARGE),
        (answers(b"x" * (MOST + 1)), Why.TOO_LARGE),
        (answers(b"x", "Content-Length: 1000000"), Why.NO_WEB_SERVER),
        (endless_headers, Why.TOO_LARGE),
        (says_nothing, Why.TOO_LATE),
        (a_byte_a_moment, Why.TOO_LATE),
        (b"SSH-2.0-x\r\n", Why.NO_WEB_SERVER),
        (b"", Why.NO_WEB_SERVER),
        (answers(b"zz\r\n", "Transfer-Encoding: chunked"), Why.NO_WEB_SERVER),
    ],
)
def test_what_has_no_end_in_size_or_time_is_left(speak: Callable[[socket.socket], None] | bytes, expected: Why) -> None:
    with host_that(speak) as host:
        assert why(f"http://127.0.0.1:{host.port}/", within=0.4) == expected


def test_an_answer_of_exactly_the_largest_size_is_read() -> None:
    with host_that(answers(b"x" * MOST, f"Content-Length: {MOST}")) as host:
        assert len(ask(f"http://127.0.0.1:{host.port}/").body) == MOST


# For a library that speaks `requests`


def session(**more: object) -> outgoing.Session:
    return outgoing.Session(**{"within": 2.0, "largest": MOST, "may_ask_inside": HERE, **more})  # type: ignore[arg-type]


def test_a_session_reads_json_and_sends_forms() -> None:
    with host_that(answers(b'{"a": 1}', "Content-Type: application/json")) as host, session() as asks:
        assert asks.post(f"http://127.0.0.1:{host.port}/token", data={"code": "ä b"}, auth=("us", "secret")).json() == {"a": 1}
    assert b"Authorization: Basic " in host.requests[0]
    assert b"Content-Length: 13\r\n" in host.requests[0]


def test_a_session_follows_no_redirect_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    with host_that(answers(b"", "Location: http://127.0.0.1:1/", status="302 Found")) as host, session() as asks:
        assert asks.get(f"http://127.0.0.1:{host.port}/", allow_redirects=True).status_code == 302
    assert host.connections == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1]/", "file:///etc/passwd", "http://169.254.169.254/"])
def test_a_session_asks_nothing_inside_that_is_not_listed(url: str) -> None:
    with session(may_ask_inside=()) as asks, pytest.raises(requests.RequestException):
        asks.get(url)


def test_a_session_sends_no_credential_that_lies_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login us password of-somebody\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with host_that(answers(b"well")) as host, session() as asks:
        assert asks.get(f"http://127.0.0.1:{host.port}/").text == "well"
    assert b"Authorization" not in host.requests[0]
