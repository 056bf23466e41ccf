"""A witness to other installations' ledgers: its folder, and the plain process that serves it. No Django, no database.

`FOLDER/witness.key` signs; `FOLDER/logs` names the ledgers that it knows, a public key a line; what it remembers is beside them.
"""

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from havenline.engines import proof
from havenline.engines.proof.witness import LARGEST
from havenline.foundation import moment
from havenline.site import logs
from havenline.site.process import end_with_supervisor, leave_no_core_dump, told_to_end

BODY_WITHIN = 10.0  # seconds to send a request
AT_ONCE = 16  # requests that are being answered; the next is told to come again


class NoWitness(Exception):
    """The folder is none of a witness; says what to do."""


@dataclass(frozen=True)
class Place:
    """The folder of one witness."""

    folder: Path

    def make(self, name: str) -> proof.SigningKey:
        """A new witness with a key of its own. Raises FileExistsError, proof.BadKey."""
        key = proof.SigningKey.make(name, proof.COSIGNS)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "witness.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.text())
            file.flush()
            os.fsync(file.fileno())
        (self.folder / "logs").touch(mode=0o600)
        return key

    def key(self) -> proof.SigningKey:
        """Raises NoWitness."""
        try:
            return proof.SigningKey.read((self.folder / "witness.key").read_text())
        except (OSError, UnicodeDecodeError, proof.BadKey) as error:
            raise NoWitness(f"{self.folder} holds no witness.key. Make a witness first: havenline witness make {self.folder}") from error

    def known(self) -> list[proof.VerifierKey]:
        """The keys of the ledgers named in `logs`. Raises NoWitness."""
        try:
            lines = (self.folder / "logs").read_text().splitlines()
            return [proof.VerifierKey.read(line) for line in lines if line.strip() and not line.startswith("#")]
        except (OSError, UnicodeDecodeError, proof.BadKey) as error:
            raise NoWitness(f"{self.folder / 'logs'}: {error}") from error

    def witness(self, known: Iterable[proof.VerifierKey]) -> proof.Witness:
        """Raises NoWitness."""
        return proof.Witness(self.key(), by_origin(known), self.memory.of, lambda: int(moment.now().timestamp()))

    @property
    def memory(self) -> proof.Folder:
        return proof.Folder(self.folder / "logs.d")


def by_origin(keys: Iterable[proof.VerifierKey]) -> dict[str, Sequence[proof.VerifierKey]]:
    """A ledger that changed its key has several."""
    found: dict[str, list[proof.VerifierKey]] = {}
    for key in keys:
        found.setdefault(key.name, []).append(key)
    return {**found}


def application(witness: proof.Witness) -> web.Application:
    turns = asyncio.Semaphore(AT_ONCE)

    async def add_checkpoint(request: web.Request) -> web.Response:
        if turns.locked():
            return web.Response(status=503, text="Come again in a moment.\n", headers={"Retry-After": "5"})
        async with turns:
            try:
                async with asyncio.timeout(BODY_WITHIN):
                    body = await request.read()
            except TimeoutError:
                return web.Response(status=408, text="The request did not arrive within ten seconds.\n")
            answer = await asyncio.to_thread(witness.add_checkpoint, body)
        return web.Response(status=answer.status, body=answer.text.encode(), headers={"Content-Type": answer.content_type})

    app = web.Application(client_max_size=LARGEST)
    app.router.add_post("/add-checkpoint", add_checkpoint)
    return app


def serve(place: Place, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Raises NoWitness."""
    witness = place.witness(place.known())
    end_with_supervisor()
    leave_no_core_dump()
    logs.set_up()
    asyncio.run(_serve(witness, host, port))


async def _serve(witness: proof.Witness, host: str, port: int) -> None:
    runner = web.AppRunner(application(witness), access_log=None, handle_signals=False, shutdown_timeout=8.0)
    await runner.setup()
    ended = told_to_end()
    await web.TCPSite(runner, host, port).start()
    await ended.wait()
    await runner.cleanup()
