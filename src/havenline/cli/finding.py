"""What one look of `havenline doctor` found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line. `ok` None: worth knowing, no failure."""

    name: str
    ok: bool | None
    said: str
    to_do: str = ""


def well(name: str, said: str) -> Finding:
    return Finding(name, True, said)


def bad(name: str, said: str, to_do: str) -> Finding:
    return Finding(name, False, said, to_do)
