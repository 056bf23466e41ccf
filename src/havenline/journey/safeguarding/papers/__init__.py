"""The papers of a child's case, as data: one file beside this for each, so that an area changes a form without code.

A file says the paper's title, the step of the guidance that it belongs to, who signs it off, and its parts: fields of a few kinds.

    words      free words                       line     one line
    choice     one of its options               many     any of its options
    yes_no     yes, no, or not yet known        day      a date
    rows       a table: what, who, by when      people   who took part: name, agency, whether there, why not

`needed = true` must be said before the paper is finished. Of `people`, `needs` names the agencies that must have taken part, or whose
absence is explained, and `quorum` how many agencies must have. `unless` names another field: once that says why not, this one need not be
said; with an answer (`unless = "child_seen=yes"`), where that is the answer.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

KINDS = ("words", "line", "choice", "many", "yes_no", "day", "rows", "people")
FOLDER = Path(__file__).parent
AGENCIES = {
    "social_care": "Children’s social care",
    "police": "Police",
    "health": "Health",
    "education": "School or nursery",
    "family": "Family",
    "other": "Other",
}
OF_PEOPLE = (("name", "Name"), ("agency", "Agency"), ("there", "Took part"), ("why_not", "If not, why"))
Content = dict[str, Any]


class NotAPaper(ValueError):
    """A file of this folder says something that no paper can be; names the file and the place."""


class NoSuchPaper(KeyError):
    """No file of this folder has that code."""


@dataclass(frozen=True)
class Field:
    """One question. `options` and `columns`: code and title."""

    name: str
    title: str
    kind: str
    help: str = ""
    needed: bool = False
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    quorum: int = 0
    unless: str = ""

    def is_empty(self, said: Any) -> bool:
        return not said if self.kind in ("rows", "people", "many") else not str(said or "").strip()


@dataclass(frozen=True)
class Part:
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """One kind of paper. `many`: a case has several, one after the other. `signed_by`: roles, of which another person signs it off."""

    code: str
    title: str
    step: str
    source: str
    verified: str
    many: bool
    signed_by: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for part in self.parts for field in part.fields)

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def _told_why_not(self, field: Field, content: Mapping[str, Any]) -> bool:
        """`unless` names the field that says why this one was not done; or, as `name=answer`, the answer that makes it needless."""
        name, _is, answer = field.unless.partition("=")
        if not name:
            return False
        said = content.get(name)
        return said == answer if answer else not self.field(name).is_empty(said)

    def missing(self, content: Mapping[str, Any]) -> dict[str, str]:
        """What has to be said before this paper is finished, in words, by field."""
        found = {}
        for field in self.fields:
            said = content.get(field.name)
            if field.needed and field.is_empty(said) and not self._told_why_not(field, content):
                found[field.name] = _or_why_not(field.title) if field.unless else field.title
            elif field.kind == "people" and (people := _missing_people(field, said or [])):
                found[field.name] = "; ".join(people)
        return found


def _or_why_not(title: str) -> str:
    return f"{title}, or why not"


def _missing_people(field: Field, rows: Sequence[Mapping[str, str]]) -> list[str]:
    there = {row.get("agency", "") for row in rows if row.get("there") == "yes"}
    explained = {row.get("agency", "") for row in rows if row.get("there") != "yes" and str(row.get("why_not", "")).strip()}
    found = [f"{AGENCIES[need]}: took part, or why not" for need in field.needs if need not in there | explained]
    if field.quorum and len(there) < field.quorum and not any(str(row.get("why_not", "")).strip() for row in rows):
        found.append(f"{field.quorum} agencies who took part, or why they did not")
    return found


def read(text: str, name: str = "") -> Form:
    """One file. Raises NotAPaper."""

    def wrong(what: str) -> NotAPaper:
        return NotAPaper(f"{name}: {what}")

    try:
        said = tomllib.loads(text)
        parts = tuple(Part(str(part["title"]), tuple(_field(row, wrong) for row in part["field"])) for part in said["part"])
        form = Form(
            code=str(said["code"]),
            title=str(said["title"]),
            step=str(said.get("step", "")),
            source=str(said["source"]),
            verified=str(said["verified"]),
            many=bool(said.get("many", False)),
            signed_by=tuple(said.get("signed_by", ())),
            parts=parts,
        )
    except KeyError as error:
        raise wrong(f"{error} is missing") from error
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise wrong(str(error)) from error
    names = [field.name for field in form.fields]
    if doubled := {one for one in names if names.count(one) > 1}:
        raise wrong(f"two fields are called {', '.join(sorted(doubled))}")
    if form.verified not in ("primary", "secondary", "remembered", "local"):
        raise wrong(f"verified is “{form.verified}”")
    return form


def _field(row: Mapping[str, Any], wrong: Any) -> Field:
    kind, name = row["kind"], row["name"]
    unknown = set(row) - {"name", "title", "kind", "help", "needed", "options", "columns", "needs", "quorum", "unless"}
    if kind not in KINDS or unknown or not str(name).isidentifier():
        raise wrong(f"field {name}: kind {kind}, and {sorted(unknown) or 'nothing more'}")
    if kind in ("choice", "many") and not row.get("options"):
        raise wrong(f"field {name} offers nothing to choose")
    if kind == "rows" and not row.get("columns"):
        raise wrong(f"field {name} has no columns")
    if not set(row.get("needs", ())) <= set(AGENCIES):
        raise wrong(f"field {name} needs an agency that there is none of")
    return Field(
        name=str(name),
        title=str(row["title"]),
        kind=str(kind),
        help=str(row.get("help", "")),
        needed=bool(row.get("needed", False)),
        options=tuple((str(code), str(title)) for code, title in row.get("options", {}).items()),
        columns=OF_PEOPLE if kind == "people" else tuple((str(code), str(title)) for code, title in row.get("columns", {}).items()),
        needs=tuple(row.get("needs", ())),
        quorum=int(row.get("quorum", 0)),
        unless=str(row.get("unless", "")),
    )


@cache
def forms() -> dict[str, Form]:
    """Every paper, by its code, in the order of the files. Raises NotAPaper."""
    found: dict[str, Form] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        form = read(path.read_text(encoding="utf-8"), path.name)
        if form.code in found:
            raise NotAPaper(f"{path.name}: {form.code} stands in another file already")
        found[form.code] = form
    return found


def form(code: str) -> Form:
    """Raises NoSuchPaper."""
    try:
        return forms()[code]
    except KeyError as error:
        raise NoSuchPaper(code) from error


def form_of(code: str, content: Mapping[str, Any] | None = None) -> Form:
    """The form of a paper that was written. What it asks no more, and a form that is no longer there, is read as it was kept."""
    held = forms().get(code) or Form(code, code.replace("_", " ").capitalize(), "", "", "local", many=True, signed_by=(), parts=())
    asked = {field.name for field in held.fields}
    rest = tuple(_kept(name, said) for name, said in (content or {}).items() if name not in asked)
    return replace(held, parts=(*held.parts, Part("No longer asked", rest))) if rest else held


def _kept(name: str, said: Any) -> Field:
    title = name.replace("_", " ").capitalize()
    if isinstance(said, list) and said and isinstance(said[0], Mapping):
        return Field(name, title, "rows", columns=tuple((column, column.replace("_", " ").capitalize()) for column in said[0]))
    return Field(name, title, "many", options=()) if isinstance(said, list) else Field(name, title, "words")
