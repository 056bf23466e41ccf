"""Witnesses that really run, on loopback: they cosign what grew, and name what was taken back or told twice."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client

from havenline.engines import proof
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actions import witnesses
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Checkpoint, Cosignature, Refusal
from havenline.foundation.ledger.queries import witnesses as said
from havenline.foundation.sealing import keys
from havenline.foundation.work import rounds
from havenline.site import witness as served
from havenline.site import witness_view
from tests import databases
from tests.foundation.post.mail_server import free_port

pytestmark = pytest.mark.django_db
Point = Callable[..., None]
NAME = "witness.example.org/w1"


def write(count: int, verb: str = "did thing") -> Checkpoint:
    with transaction.atomic():
        ledger.record_all(INSTALLATION, verb, [ledger.Said("thing")] * count)
    ledger.append_committed()
    signed = ledger.sign_checkpoint(keys.ledger_key())
    assert signed
    return signed


@pytest.fixture
def place(tmp_path: Path) -> served.Place:
    found = served.Place(tmp_path / "witness")
    found.make(NAME)
    (found.folder / "logs").write_text(f"{keys.ledger_public_keys()[0]}\n")
    return found


@contextmanager
def running(application: web.Application) -> Iterator[str]:
    """An application of aiohttp in a thread of its own: its address."""
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()
    ended = asyncio.Event()

    async def serve() -> None:
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()
        await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@pytest.fixture
def point_at(settings: Any) -> Point:
    """Let the deployment file name this witness."""

    def point(address: str, key: proof.SigningKey) -> None:
        settings.INSTALLATION = replace(django_settings.INSTALLATION, may_ask_inside=("127.0.0.1",), witnesses={address: str(key.public)})

    return point


@pytest.fixture
def witness(place: served.Place, point_at: Point) -> Iterator[served.Place]:
    with running(served.application(place.witness(place.known()))) as address:
        point_at(address, place.key())
        yield place


def written_anew_from(sequence: int) -> None:
    """Somebody restores an old copy of the database: what came after is gone, also what they had signed of it."""
    with databases.past_the_ledgers_triggers(), connection.cursor() as cursor:
        for statement in (
            "DELETE FROM ledger_cosignature WHERE checkpoint_id > {}",
            "DELETE FROM ledger_checkpoint WHERE size > {}",
            "DELETE FROM ledger_link WHERE sequence > {}",
        ):
            cursor.execute(statement.format(sequence))
        cursor.execute("DELETE FROM ledger_waiting")
        cursor.execute("DELETE FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM ledger_link)")


def test_good_growth_is_cosigned_by_whoever_comes_round(witness: served.Place) -> None:
    assert not said.standing().is_witnessed
    write(5)
    rounds.run_due(apart=True)
    write(300)
    assert witnesses.show_to_all() == 1
    assert witnesses.show_to_all() == 0  # nothing new to show
    standing = said.standing()
    assert (standing.size, standing.by, standing.refusals) == (305, (NAME,), ())
    lines = list(queries.export_lines(upto=queries.last_checkpoint()))
    checked = proof.check_export(lines, keys=[keys.ledger_key().public], witnesses=[witness.key().public])
    assert (checked.witnessed, checked.witnesses) == (305, (NAME,))


def test_a_witness_inside_is_asked_only_where_the_file_lists_it(witness: served.Place, settings: Any) -> None:
    settings.INSTALLATION = replace(settings.INSTALLATION, may_ask_inside=())
    write(5)
    assert witnesses.show_to_all() == 0
    [told] = said.standing().witnesses
    assert "It lies in a private network" in told.problem
    assert not said.standing().is_witnessed


@pytest.mark.django_db(transaction=True)
def test_a_database_taken_back_and_written_on_is_named_by_the_witness(witness: served.Place) -> None:
    write(5)
    witnesses.show_to_all()
    write(7)
    witnesses.show_to_all()
    written_anew_from(5)
    write(3, "did other thing")
    assert queries.verify().count == 8  # nothing in the database itself says so
    assert witnesses.show_to_all() == 0
    rewind = Refusal.objects.get()
    assert (rewind.kind, rewind.size, rewind.known_size) == (Refusal.Kind.REWIND, 8, 12)
    write(10, "did other thing")
    witnesses.show_to_all()
    witnesses.show_to_all()
    rewrite = Refusal.objects.get(kind=Refusal.Kind.REWRITE)
    assert (rewrite.size, rewrite.known_size, rewrite.times) == (18, 12, 2)
    assert "old 12\n" in rewrite.sent
    [evidence] = witness.memory.evidence(keys.ledger_key().name)
    assert evidence.kind == proof.REWRITE
    told = proof.open_checkpoint(evidence.offered.partition("\n\n")[2], [keys.ledger_key().public])
    assert told.checkpoint.size == 18


@pytest.mark.django_db(transaction=True)
def test_a_split_view_is_named_by_the_witness(witness: served.Place) -> None:
    write(5)
    witnesses.show_to_all()
    write(7)
    witnesses.show_to_all()
    written_anew_from(5)
    write(7, "told somebody else")
    witnesses.show_to_all()
    assert Refusal.objects.get().kind == Refusal.Kind.SPLIT_VIEW
    [evidence] = witness.memory.evidence(keys.ledger_key().name)
    assert evidence.kind == proof.SPLIT_VIEW
    assert said.standing().refusals[0].kind == Refusal.Kind.SPLIT_VIEW


def test_a_cosignature_that_was_lost_on_its_way_is_given_again(witness: served.Place) -> None:
    write(5)
    witness.witness(witness.known()).add_checkpoint(proof.request(0, [], Checkpoint.objects.get().text))
    assert witnesses.show_to_all() == 1
    assert Cosignature.objects.get().checkpoint_id == 5


def test_a_witness_that_does_not_know_us_is_a_problem_and_no_evidence(place: served.Place, point_at: Point) -> None:
    write(5)
    with running(served.application(place.witness([]))) as address:
        point_at(address, place.key())
        assert witnesses.show_to_all() == 0
    [one] = said.standing().witnesses
    assert "404" in one.problem
    assert Refusal.objects.count() == 0


def test_whoever_cosigns_with_another_key_than_we_were_told_is_no_witness(place: served.Place, point_at: Point) -> None:
    write(5)
    with running(served.application(place.witness(place.known()))) as address:
        point_at(address, proof.SigningKey.make(NAME, proof.COSIGNS))
        witnesses.show_to_all()
    assert "another key" in said.standing().witnesses[0].problem
    assert not said.standing().is_witnessed


def test_a_witness_that_is_away_or_never_ends_holds_up_no_other(
    place: served.Place, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "WITHIN", 1.4)  # a busy machine takes a while to answer, too
    write(5)

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x")
            await asyncio.sleep(0.05)

    async def flood(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1_000_000)

    odd = web.Application()
    odd.router.add_post("/drip/add-checkpoint", drip)
    odd.router.add_post("/flood/add-checkpoint", flood)
    with (
        running(odd) as elsewhere,
        running(served.application(place.witness(place.known()))) as address,
        socket.create_server(("127.0.0.1", 0)) as mute,
    ):
        asked = {
            f"http://127.0.0.1:{free_port()}/": "away.example",
            f"http://127.0.0.1:{mute.getsockname()[1]}/": "mute.example",
            f"{elsewhere}drip": "drip.example",
            f"{elsewhere}flood": "flood.example",
        }
        told = {url: str(proof.SigningKey.make(name, proof.COSIGNS).public) for url, name in asked.items()}
        settings.INSTALLATION = replace(
            django_settings.INSTALLATION, may_ask_inside=("127.0.0.1",), witnesses={**told, address: str(place.key().public)}
        )
        began = time.monotonic()
        assert witnesses.show_to_all() == 1
    assert time.monotonic() - began < 9
    problems = {one.name: one.problem for one in said.standing().witnesses}
    assert "1 seconds" in problems["mute.example"]
    assert "1 seconds" in problems["drip.example"]
    assert "no end" in problems["flood.example"]
    assert "does not answer" in problems["away.example"]
    assert problems[NAME] == ""


def test_the_worker_asks_witnesses_apart_from_its_other_rounds() -> None:
    rounds.discover()
    apart = {duty.name.rpartition(".")[2] for duty in rounds.DUTIES.values() if duty.apart}
    assert apart == {"show_the_ledger_to_its_witnesses", "count_clocks_again", "pull_sources", "go_on_with_imports"}


def test_another_installation_is_a_witness_to_the_ledgers_that_its_file_names(client: Client, settings: Any, tmp_path: Path) -> None:
    write(5)
    body = proof.request(0, [], Checkpoint.objects.get().text)

    def ask(content: bytes) -> Any:
        return client.post("/witness/add-checkpoint", content, content_type="text/plain")

    assert ask(body).status_code == 404
    settings.INSTALLATION = replace(django_settings.INSTALLATION, home=tmp_path, witnessed=tuple(keys.ledger_public_keys()))
    witness_view._witness.cache_clear()
    assert ask(body).status_code == 503
    key = served.Place(tmp_path / "witness").make("desk.example.org/w1")
    answer = ask(body)
    assert answer.status_code == 200
    whole = Checkpoint.objects.get().text + answer.content.decode()
    assert proof.open_checkpoint(whole, [keys.ledger_key().public], [key.public]).cosigned
    assert ask(body).headers["Content-Type"] == "text/x.tlog.size"
    assert ask(b"x" * 70_000).status_code == 413
    assert client.get("/witness/add-checkpoint").status_code == 405
    witness_view._witness.cache_clear()
