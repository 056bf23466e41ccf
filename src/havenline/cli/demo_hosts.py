"""The demo's hosts, on loopback: each answers HEAD for its name, so that the demo's checks are real. None has a body to give."""

import asyncio
import sys

from havenline.site.process import end_with_supervisor, told_to_end

# What each name answers.
ANSWERS = {
    "pictures.example": "200 OK",
    "share.example": "200 OK",
    "files.share.example": "200 OK",
    "host.example": "200 OK",
    "forum.example": "404 Not Found",
    "board.example": "410 Gone",
    "cdn.upload.example": "200 OK",
}
SILENT = "chat.example"  # it has an address, and nobody is there
NOBODY = "127.0.0.1:9"  # the port of "discard" (RFC 863), which no machine serves any more
WITHIN = 10.0  # seconds, for everything
LONGEST = 8_000  # bytes of a request


def names_at(port: int) -> dict[str, str]:
    """Where each of the demo's hosts is, for `[takedown] names`."""
    return {**dict.fromkeys(ANSWERS, f"127.0.0.1:{port}"), SILENT: NOBODY}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request, one status, the end."""
    try:
        async with asyncio.timeout(WITHIN):
            said = status_of(await reader.readuntil(b"\r\n\r\n"))
            writer.write(f"HTTP/1.1 {said}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # whoever asked is gone, or said nothing that a host would answer
    finally:
        writer.close()


def status_of(request: bytes) -> str:
    """The status for a request, as its bytes arrived."""
    line, *headers = request.decode("latin-1").split("\r\n")
    named = {name.strip().lower(): value.strip() for name, _colon, value in (header.partition(":") for header in headers)}
    host = named.get("host", "").partition(":")[0].lower()
    if host not in ANSWERS:
        return "421 Misdirected Request"
    return ANSWERS[host] if line.startswith("HEAD ") else "405 Method Not Allowed"


async def serve(port: int) -> None:
    ended = told_to_end()
    server = await asyncio.start_server(answer, "127.0.0.1", port, limit=LONGEST)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    end_with_supervisor()
    asyncio.run(serve(int(sys.argv[1])))
