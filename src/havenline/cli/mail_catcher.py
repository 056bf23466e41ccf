"""The demo's mail server, on loopback: every letter becomes a file in `$HAVENLINE_HOME/mail`, and none leaves the machine.

It refuses some receivers for real, so that a letter can come back: whoever begins with `bounces` has no mailbox, whoever begins
with `later` is busy the first time.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP

from havenline.foundation import moment
from havenline.site.process import end_with_supervisor, told_to_end


class Catcher:
    """Keeps each letter as one .eml file."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.put_off = directory, set[str]()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.lower().startswith("bounces"):
            return "550 5.1.1 No such mailbox"
        if address.lower().startswith("later") and address.lower() not in self.put_off:
            self.put_off.add(address.lower())
            return "451 4.3.2 Busy, come back later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        name = f"{moment.now():%Y%m%dT%H%M%S}-{uuid4().hex[:6]}.eml"
        (self.directory / name).write_bytes(envelope.original_content)
        return "250 Kept"


async def serve(directory: Path, port: int) -> None:
    ended = told_to_end()
    catcher = Catcher(directory)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(catcher, enable_SMTPUTF8=True), "127.0.0.1", port)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    end_with_supervisor()
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
