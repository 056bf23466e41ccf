"""Web addresses as lists know them: whole, by their host and the hosts above it, and by each beginning of their path.

Takes canonical addresses (RFC 3986, 6.2.2; scheme and host in lower case, no fragment) and makes no canonical form itself. Nothing is
fetched, resolved or opened.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

DEEPEST = 16  # beginnings of a path, and labels of a host, that are looked up: what is longer is looked up by these


def forms(address: str) -> Iterator[str]:
    """Every entry that would cover `address`, the nearest first: itself, itself without its query, then each beginning of its path.

    A beginning ends with a slash: `https://host.example/a/` covers `https://host.example/a/b?c`, and not `https://host.example/ab`.
    """
    parts = urlsplit(address)
    seen = set()
    whole = f"{parts.scheme}://{parts.netloc}{parts.path}"
    candidates = [address, whole]
    pieces = parts.path.split("/")
    for count in range(min(len(pieces) - 1, DEEPEST), 0, -1):
        candidates.append(f"{parts.scheme}://{parts.netloc}{'/'.join(pieces[:count])}/")
    for one in candidates:
        if one not in seen:
            seen.add(one)
            yield one


def hosts(address: str) -> Iterator[str]:
    """The host of `address` (which may be a host alone), and each above it down to two labels; an IP address is only itself."""
    host = (urlsplit(address).hostname or "") if "://" in address else address
    if not host:
        return
    yield host
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return
    for at in range(max(1, len(labels) - DEEPEST), len(labels) - 1):
        yield ".".join(labels[at:])
