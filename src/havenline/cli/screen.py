"""`havenline screen`: the published warning signs in a pasted conversation. Needs no installation, keeps nothing."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.text import Text

from havenline.cli.speak import Exit, as_json, out, plain
from havenline.engines.screening import SIGNS, Finding, screen_lines

FIELDS = ("sign", "line", "speaker", "text", "reason")


def screen(
    file: Annotated[str, typer.Argument(help="A text file with a conversation, or - for standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Show lines that a person should look at: the nine published signs that an adult may be grooming a child.

    A sign is a reason to look closer, never proof; so the exit code is 0 whether there are any or not, and 2 where the file cannot be read.
    Nothing is stored or sent.

    Example: havenline screen conversation.txt
    """
    with _opened(file) as lines:
        findings = list(screen_lines(lines))
    if json:
        as_json({"findings": [{field: asdict(finding)[field] for field in FIELDS} for finding in findings]})
    else:
        _show(findings)
    raise typer.Exit(Exit.WELL)


@contextmanager
def _opened(file: str) -> Iterator[IO[str]]:
    """The lines, whatever their bytes: what is no UTF-8 (or UTF-16, where the file says so) stands as a replacement mark."""
    try:
        source = BufferedReader(sys.stdin.buffer if file == "-" else Path(file).open("rb"))  # type: ignore[type-var]  # noqa: SIM115 - closed below
        begins = source.peek(2)
        encoding = "utf-16" if begins[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        with TextIOWrapper(source, encoding=encoding, errors="replace") as lines:
            yield lines
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror or error}.", param_hint="FILE") from error


def _show(findings: list[Finding]) -> None:
    if not findings:
        out.print(
            "None of the nine signs was found. That proves nothing, and says nothing about whether the conversation is safe:"
            " many lines are not recognised. Whoever worries should still ask.",
            soft_wrap=True,
        )
        return
    for finding in findings:
        who = f", {plain(finding.speaker)}" if finding.speaker else ""
        out.print(Text.assemble((f"Line {finding.line}{who}: ", "bold"), f"“{plain(finding.text)}”"), soft_wrap=True)
        out.print(Text(f"    {SIGNS[finding.sign].title}. {plain(finding.reason)}"), soft_wrap=True)
    out.print()
    for sign, count in Counter(finding.sign for finding in findings).most_common():
        out.print(Text(f"{count:>5}  {SIGNS[sign].title}"))
    out.print(
        "A sign is a reason to look closer, never proof: a person decides."
        " That a line is not listed says nothing about whether it is harmless.",
        soft_wrap=True,
    )
