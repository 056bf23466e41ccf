"""`havenline serve`: one process for each role, or all of them on one machine."""

import os
import socket
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from havenline.cli import home as homes
from havenline.cli import replay
from havenline.cli.speak import Exit, err, must_be_set_up, stop
from havenline.cli.supervisor import Child, Supervisor
from havenline.foundation.sealing import given
from havenline.site import installation

HOST = "127.0.0.1"
WEB_ROLES = ("public", "desk", "api", "receipts")
# What strangers talk to is given these keys and no others, where keys are given and are no files.
KEYS_OF = {
    "public": ("desk.pub", "desk.pub.signed", "form.key", "mac.key", "public.secret", "ledger.pub"),
    "receipts": ("desk.key", "desk.key.old", "desk.pub", "desk.pub.signed", "receipt.key", "mac.key", "ledger.pub"),
    "api": ("desk.pub", "desk.pub.signed", "api.key", "api.pub", "form.key", "mac.key", "ledger.pub", "lists.key", "lists.pub"),
}


class Role(StrEnum):
    PUBLIC = "public"
    DESK = "desk"
    API = "api"
    RECEIPTS = "receipts"
    MATCH = "match"
    WORKER = "worker"
    ALL = "all"


def serve(
    role: Annotated[Role, typer.Option(help="Which part to serve. “all” starts every part, each in a process of its own.")] = Role.ALL,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = HOST,
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve this installation, or one role of it.

    Example: havenline serve --role public --port 8001
    """
    must_be_set_up()
    served_here = installation.load().role
    if served_here and role != served_here:
        stop(f"This is the home of the public host; it serves nothing else: havenline serve --role {served_here}", Exit.REFUSED)
    if not served_here and role != Role.ALL:
        replay.before_serving()
    if role == Role.WORKER:
        from havenline.cli.worker import run

        run()
    elif role == Role.ALL:
        raise typer.Exit(serve_all(host=host, port=port))
    elif role == Role.MATCH:
        raise typer.Exit(serve_match(host=host, port=port))
    else:
        must_be_free(host, port)
        os.environ["HAVENLINE_ROLE"] = role
        os.execv(sys.executable, gunicorn(f"{host}:{port}"))  # noqa: S606  (no shell: it becomes the server)


def gunicorn(bind: str) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-c", "python:havenline.site.gunicorn", "-b", bind, "havenline.site.wsgi:application"]


def serve_all(
    *,
    host: str,
    port: int,
    others: tuple[Child, ...] = (),
    environment: dict[str, str] | None = None,
    until_said: Callable[[], bool] | None = None,
) -> int:
    """Run every role until asked to end; an exit code. `others` are started first."""
    where = installation.home()
    must_be_free(host, port)
    try:
        with homes.only_one(where / "serving.lock", doing="serving"):
            replay.before_serving()
            children = [*others, *parts(where, host=host, port=port, environment=environment)]
            supervisor = Supervisor(children, say=lambda words: err.print(f"[bold]havenline:[/] {words}", soft_wrap=True))
            return supervisor.run(until_said=until_said)
    except homes.HomeInUse as error:
        stop(str(error), Exit.REFUSED)


def serve_match(*, host: str, port: int) -> int:
    """Serve matching alone, on a host of its own or beside the others: the follower of this home, and what answers. An exit code."""
    must_be_free(host, port)
    where = installation.home()
    homes.make_run_directory(where)
    environment = {"HAVENLINE_HOME": str(where)}
    try:
        with homes.only_one(where / "matching.lock", doing="matching"):
            children = [_follower(environment), _match(environment, f"main(host={host!r}, port={port})")]
            return Supervisor(children, say=lambda words: err.print(f"[bold]havenline:[/] {words}", soft_wrap=True)).run()
    except homes.HomeInUse as error:
        stop(str(error), Exit.REFUSED)


def parts(where: Path, *, host: str, port: int, environment: dict[str, str] | None = None) -> list[Child]:
    """The processes of this home: one for each role, the worker, and the front. None is started yet."""
    run = homes.make_run_directory(where)
    environment = {"HAVENLINE_HOME": str(where), **(environment or {})}
    return [*_roles(where, run, environment), _front(host, port, environment)]


def _roles(where: Path, run: Path, environment: dict[str, str]) -> list[Child]:
    # Platforms send by the thousand, and a process of Python uses one core: two, where there are two and the database takes two at once.
    processes = {"api": str(min(2, os.cpu_count() or 1))} if installation.load(where).database_url else {}
    children = [
        Child(
            role,
            gunicorn(f"unix:{run / role}.sock"),
            {**environment, "HAVENLINE_ROLE": role, "HAVENLINE_THREADS": "8", "HAVENLINE_PROCESSES": processes.get(role, "1")},
            keys=given.only(KEYS_OF[role] if role in KEYS_OF else given.keys() or ()),
        )
        for role in WEB_ROLES
    ]
    worker = [sys.executable, "-m", "havenline.cli", "worker"]
    children.append(Child("worker", worker, {**environment, "HAVENLINE_ROLE": "worker"}, keys=given.only(given.keys() or ())))
    return [*children, _follower(environment), _match(environment, f"main(socket={str(run / 'match.sock')!r})")]


def _follower(environment: dict[str, str]) -> Child:
    """It holds no key: what is known is digests and addresses, and stands in the database."""
    command = [sys.executable, "-m", "havenline.cli", "follower"]
    return Child("follower", command, {**environment, "HAVENLINE_ROLE": "match"}, keys=given.only(()))


def _match(environment: dict[str, str], call: str) -> Child:
    start = f"from havenline.site.match import main; {call}"
    return Child("match", [sys.executable, "-c", start], {**environment, "HAVENLINE_ROLE": "match"}, keys=given.only(()))


def _front(host: str, port: int, environment: dict[str, str]) -> Child:
    start = f"from havenline.site.front import main; main({host!r}, {port})"
    return Child("front", [sys.executable, "-c", start], {**environment, "HAVENLINE_ROLE": "public"}, keys=given.only(()))


def must_be_free(host: str, port: int) -> None:
    """End with what to do where the port is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            stop(
                f"{host}:{port} cannot be used ({error.strerror}). Choose another port: --port {port + 1}, or make run PORT={port + 1}.",
                Exit.MISSING,
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
