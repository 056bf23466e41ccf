"""Writing a census: each element where it stands (`shape`), a child at a time, however many there are."""

import re
from collections.abc import Iterable, Iterator
from typing import IO
from xml.sax.saxutils import escape

from .shape import CHILD, HEADER, Content, Group

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(out: IO[str], header: Content, children: Iterable[Content]) -> int:
    """The whole message, in UTF-8; how many children it holds."""
    out.write('<?xml version="1.0" encoding="utf-8"?>\n<Message>\n')
    out.writelines(_lines(HEADER, header, "  "))
    out.write("  <Children>\n")
    count = 0
    for child in children:
        count += 1
        out.writelines(_lines(CHILD, child, "    "))
    out.write("  </Children>\n</Message>\n")
    return count


def _lines(group: Group, said: Content, indent: str) -> Iterator[str]:
    inside = list(_inside(group, said, indent + "  "))
    if inside:
        yield f"{indent}<{group.name}>\n"
        yield from inside
        yield f"{indent}</{group.name}>\n"


def _inside(group: Group, said: Content, indent: str) -> Iterator[str]:
    for part in group.parts:
        if isinstance(part, Group):
            for each in said.get(part.name, ()) if part.many else (said,):
                yield from _lines(part, each, indent)
        elif (words := said.get(part.name)) not in (None, "", []):
            for one in words if part.many else (words,):
                yield f"{indent}<{part.name}>{escape(_NOT_IN_XML.sub(' ', str(one)))}</{part.name}>\n"
