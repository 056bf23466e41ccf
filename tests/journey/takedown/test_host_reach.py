"""Asking whether an address still answers: HEAD and nothing more, to exactly the address that was looked at, never inwards."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from havenline.foundation import outgoing
from havenline.journey.takedown import lookup, reach
from havenline.journey.takedown.models import RemovalCheck
from tests.journey.takedown.web_server import host_that, never_ends_its_headers, says_nothing, self_signed, speaks_a_byte_a_moment

Found = RemovalCheck.Found
ITEM = "https://pictures.example/item/1?size=full"


@pytest.fixture
def as_in_an_installation() -> Iterator[None]:
    with override_settings(HOST_NAMES=None):
        yield


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the system's resolver know the name under these addresses."""

    def answer(name: str, *_rest: object, **_more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_it_asks_by_head_once_and_sends_nothing_else() -> None:
    with host_that(b"HTTP/1.1 200 OK\r\nSet-Cookie: who=you\r\n\r\n") as host:
        assert reach.ask(ITEM) == reach.Answer(Found.ANSWERS, "200 OK")
    [request] = host.requests
    line, *headers = request.decode().split("\r\n")
    assert line == "HEAD /item/1?size=full HTTP/1.1"
    assert [header.partition(":")[0] for header in headers if header] == ["Host", "User-Agent", "Accept", "Connection"]
    assert request.endswith(b"\r\n\r\n")


def test_no_byte_behind_the_status_line_is_read() -> None:
    kept: list[bytes] = []

    def speak(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\nA BODY THAT NOBODY ASKED FOR")

    with host_that(speak):
        original = socket.socket.recv

        class Noting(socket.socket):
            pass

        def recv(self: socket.socket, size: int, *rest: int) -> bytes:
            said = original(self, size, *rest)
            if size == 1:
                kept.append(said)
            return said

        Noting.recv = recv  # type: ignore[method-assign,assignment]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "socket", Noting)
            assert reach.ask(ITEM).found == Found.ANSWERS
    assert b"".join(kept) == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("status", [404, 410, 451])
def test_what_is_gone_is_not_reachable_from_here(status: int) -> None:
    with host_that(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode()):
        assert reach.ask(ITEM).found == Found.NOT_REACHABLE


@pytest.mark.parametrize("status", [200, 206, 401, 403, 405, 500, 503])
def test_whatever_else_answers_still_answers(status: int) -> None:
    with host_that(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode()):
        assert reach.ask(ITEM).found == Found.ANSWERS


def test_the_hosts_own_words_are_not_kept() -> None:
    with host_that(b"HTTP/1.1 200 Some words of the host\r\n\r\n"):
        assert reach.ask(ITEM).said == "200 OK"


def test_a_redirect_is_not_followed() -> None:
    with host_that(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n\r\n") as host:
        assert reach.ask(ITEM) == reach.Answer(Found.ANSWERS, "302 Found, not followed")
    assert host.connections == 1


def test_early_hints_are_passed_over() -> None:
    with host_that(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n"):
        assert reach.ask(ITEM).found == Found.NOT_REACHABLE


@pytest.mark.parametrize("speak", [says_nothing, never_ends_its_headers, speaks_a_byte_a_moment])
def test_a_slow_or_endless_answer_ends_in_time(speak: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "PATIENCE", 1.0)
    with host_that(speak):  # type: ignore[arg-type]
        began = time.monotonic()
        assert reach.ask(ITEM).found == Found.NOT_REACHABLE
        assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-something\r\n", b"HTTP/1.1 999 What\r\n\r\n", b"HTTP/1.1 " + b"9" * 5000, b"\r\n" * 5000])
def test_what_is_no_web_server_is_no_answer(said: bytes) -> None:
    with host_that(said):
        assert reach.ask(ITEM).found == Found.NOT_REACHABLE


def test_a_host_that_is_away_is_not_reachable() -> None:
    with host_that(b"") as host:
        pass
    with override_settings(HOST_NAMES={"pictures.example": f"127.0.0.1:{host.port}"}):
        assert reach.ask(ITEM) == reach.Answer(Found.NOT_REACHABLE, "No connection came about.")


@pytest.mark.usefixtures("as_in_an_installation")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::a00:7",
        "2001:0:7f00:1::1",
        "fec0::1",
        "ff0e::1",
        "192.0.0.8",
        "192.88.99.1",
    ],
)
def test_a_name_that_points_inwards_is_never_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    assert reach.ask(ITEM).found == Found.NOT_ASKED


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"])
def test_a_name_that_points_outwards_may_be_asked(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.usefixtures("as_in_an_installation")
def test_one_private_address_among_public_ones_is_enough_to_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "8.8.8.8", "10.0.0.7")
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    assert reach.ask(ITEM).found == Found.NOT_ASKED


@pytest.mark.usefixtures("as_in_an_installation")
@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://[::1]/", "https://10.0.0.7/item", "http://0x7f.1/"])
def test_an_address_instead_of_a_name_is_no_way_in(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it connected"))
    assert reach.ask(url).found in (Found.NOT_ASKED, Found.NOT_REACHABLE)


@pytest.mark.usefixtures("as_in_an_installation")
def test_it_connects_to_the_address_that_was_looked_at_and_asks_for_no_name_again(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "8.8.8.8")
    places: list[object] = []

    def connect(place: object, **_more: object) -> socket.socket:
        places.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert reach.ask(ITEM).found == Found.NOT_REACHABLE
    assert places == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    "url", ["https://pictures.example:8443/a", "http://pictures.example:22/", "ftp://pictures.example/a", "nothing", "https://[/"]
)
def test_other_ports_and_schemes_are_not_asked(url: str) -> None:
    with host_that(b"HTTP/1.1 200 OK\r\n\r\n") as host:
        assert reach.ask(url).found == Found.NOT_ASKED
    assert host.connections == 0


def test_a_name_that_answers_nothing_is_not_reachable() -> None:
    assert reach.ask("https://nobody.example/item").found == Found.NOT_REACHABLE


def over_tls(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """As in an installation, but that the public address is a server of ours here."""
    monkeypatch.setattr(reach.lookup, "addresses_of", lambda _name: ("8.8.8.8",))
    monkeypatch.setattr(reach.lookup, "place_of", lambda _name: None)
    original = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda _place, **more: original(("127.0.0.1", port), **more))


def test_a_certificate_that_nobody_vouches_for_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path, "pictures.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with host_that(b"HTTP/1.1 200 OK\r\n\r\n", tls=context) as host:
        over_tls(monkeypatch, host.port)
        assert reach.ask(ITEM) == reach.Answer(Found.NOT_REACHABLE, "Its certificate was not accepted.")
    assert host.requests == []


def test_over_tls_the_hosts_name_is_asked_for_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path, "pictures.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _line, name, _context: names.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with host_that(b"HTTP/1.1 410 Gone\r\n\r\n", tls=context) as host:
        over_tls(monkeypatch, host.port)
        assert reach.ask(ITEM) == reach.Answer(Found.NOT_REACHABLE, "410 Gone")
        assert reach.ask("https://forum.example/item").said == "Its certificate was not accepted."
    assert (names, host.methods) == (["pictures.example", "forum.example"], ["HEAD"])


# Looking a name up


@pytest.mark.usefixtures("as_in_an_installation")
def test_addresses_come_sorted_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "203.0.113.9", "198.51.100.7", "203.0.113.9", "2001:db8::1")
    assert lookup.addresses_of("Pictures.Example.") == ("198.51.100.7", "203.0.113.9", "2001:db8::1")


@pytest.mark.usefixtures("as_in_an_installation")
def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing.addresses, "PATIENCE", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: time.sleep(1))
    began = time.monotonic()
    assert lookup.addresses_of("pictures.example") == ()
    assert time.monotonic() - began < 0.8


@pytest.mark.usefixtures("as_in_an_installation")
def test_a_name_that_nobody_knows_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:

    def unknown(*_rest: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert lookup.addresses_of("pictures.example") == ()
    assert lookup.addresses_of("no name at all") == ()


def test_the_demo_and_the_tests_ask_no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("it asked"))
    assert lookup.addresses_of("nobody.example") == ()
