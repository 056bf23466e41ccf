"""What the demo has instead of the world outside: a mail server that refuses some for real, and hosts that answer HEAD."""

import asyncio
import smtplib
import tomllib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from havenline.cli import demo, demo_hosts, home, mail_catcher
from havenline.journey.takedown import reach
from havenline.site import installation
from tests.foundation.post.mail_server import free_port


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """The demo's mail server: where it keeps letters, and its port."""
    controller = Controller(mail_catcher.Catcher(tmp_path / "mail"), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield tmp_path / "mail", controller.port
    controller.stop()


def hand_in(port: int, to: str) -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = to, "messages@havenline.example", "A request"
    message.set_content("Something waits.")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.send_message(message)


def test_a_letter_becomes_one_file(caught: tuple[Path, int]) -> None:
    hand_in(caught[1], "abuse@pictures.example")
    [file] = caught[0].glob("*.eml")
    assert b"Something waits." in file.read_bytes()


def test_whoever_begins_with_bounces_has_no_mailbox(caught: tuple[Path, int]) -> None:
    for _time in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            hand_in(caught[1], "Bounces+abuse@pictures.example")
        assert refused.value.recipients == {"Bounces+abuse@pictures.example": (550, b"5.1.1 No such mailbox")}
    assert list(caught[0].glob("*.eml")) == []


def test_whoever_begins_with_later_is_busy_once(caught: tuple[Path, int]) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_in(caught[1], "later@pictures.example")
    assert refused.value.recipients["later@pictures.example"][0] == 451
    hand_in(caught[1], "later@pictures.example")
    assert len(list(caught[0].glob("*.eml"))) == 1


async def answered(request: bytes) -> bytes:
    server = await asyncio.start_server(demo_hosts.answer, "127.0.0.1", 0, limit=demo_hosts.LONGEST)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(request)
        said = await reader.read()
        writer.close()
        return said


@pytest.mark.parametrize(("name", "says"), [("pictures.example", b" 200 OK"), ("forum.example", b" 404 "), ("board.example", b" 410 ")])
def test_each_host_of_the_demo_answers_as_it_is_set_and_none_has_a_body(name: str, says: bytes) -> None:
    said = asyncio.run(answered(f"HEAD /item/1 HTTP/1.1\r\nHost: {name}\r\n\r\n".encode()))
    assert says in said
    assert said.partition(b"\r\n\r\n")[2] == b""


def test_one_host_of_the_demo_is_known_and_nobody_is_there() -> None:
    with override_settings(HOST_NAMES=demo_hosts.names_at(8099)):
        assert reach.ask("https://chat.example/room") == reach.Answer("not_reachable", "No connection came about.")


def test_the_demos_hosts_answer_head_only() -> None:
    assert b" 405 " in asyncio.run(answered(b"GET /item/1 HTTP/1.1\r\nHost: pictures.example\r\n\r\n"))


def test_the_demos_configuration_names_its_mail_server_its_hosts_and_where_it_is_served(tmp_path: Path) -> None:
    home.write_private(tmp_path / "havenline.toml", home.toml_of({"kind": "demo", "made_at": "2026-11-25T09:00:00+00:00"}))
    mail, hosts = demo._world_outside(tmp_path, 8123)
    found = installation.load(tmp_path)
    assert (found.base_url, found.mail["port"]) == ("http://localhost:8123", int(mail.command[-1]))
    assert found.takedown["names"] == demo_hosts.names_at(int(hosts.command[-1]))
    assert found.deployment.hotline_email == "notices@hotline.example"


def test_names_of_hosts_are_refused_in_an_installation(tmp_path: Path) -> None:
    said = {"kind": "installation", "takedown": {"names": {"pictures.example": "127.0.0.1:8099"}}}
    home.write_private(tmp_path / "havenline.toml", home.toml_of(said))
    with pytest.raises(installation.BadConfiguration, match="demo only"):
        installation.load(tmp_path)


def test_a_table_in_a_table_is_written_as_toml_reads_it() -> None:
    said = {"kind": "demo", "takedown": {"names": {"a.example": "127.0.0.1:1", 'b"c': "d"}}}
    assert tomllib.loads(home.toml_of(said)) == said
