"""ThreatExchange's JSON, as its clients read it: `threat_updates` (what changed, with tombstones) and `threat_descriptors` (what stands).

Pages follow `paging.next`, a whole address; whoever follows it goes to no other server with the key.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from havenline.foundation.lists.exchange.told import (
    LONGEST_IDENT,
    LONGEST_VALUE,
    MOST_ABOUT,
    MOST_ON_A_PAGE,
    NotReadable,
    Page,
    Told,
    bounded,
    word,
)

TYPES = {"HASH_PDQ": "pdq", "HASH_MD5": "md5", "HASH_SHA1": "sha1", "HASH_SHA256": "sha256", "URI": "url", "DOMAIN": "host"}
ALSO = {"RAW_URI": "url", "HASH_VIDEO_MD5": "md5"}  # read, and never written
NAMES = {signal: name for name, signal in TYPES.items()}
LATEST = 4_102_444_800  # 2100


# Writing


def update(one: Told, *, owner: int) -> dict[str, Any]:
    """A row of `threat_updates`."""
    at = int(one.at.timestamp()) if one.at else 0
    row: dict[str, Any] = {
        "id": one.ident,
        "indicator": one.value,
        "type": NAMES[one.signal],
        "last_updated": at,
        "should_delete": not one.is_listed,
    }
    if one.is_listed:
        row["descriptors"] = {"data": [descriptor(one, owner=owner)]}
    return row


def descriptor(one: Told, *, owner: int) -> dict[str, Any]:
    """What is said of a value: one descriptor, of whoever keeps the list."""
    return {
        "id": one.ident,
        "raw_indicator": one.value,
        "type": NAMES[one.signal],
        "owner": {"id": str(owner), "name": one.by},
        "status": "MALICIOUS",
        "review_status": "REVIEWED_MANUALLY",
        "added_on": one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000") if one.at else "",
        "last_updated": int(one.at.timestamp()) if one.at else 0,
        "tags": {"data": [{"id": str(number), "text": tag} for number, tag in enumerate(tags_of(one), 1)]},
    }


def tags_of(one: Told) -> list[str]:
    return [f"grade_{one.grade}"] if one.grade else []


def page(rows: Iterable[dict[str, Any]], *, next_: str = "", after: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"data": list(rows)}
    if next_:
        said["paging"] = {"cursors": {"after": after}, "next": next_}
    return said


# Reading


def read_page(data: bytes) -> Page:
    """One page of `threat_updates`. A tombstone may name its number alone. Raises NotReadable."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"This is no JSON: {str(error)[:100]}.") from error
    rows = said.get("data") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        raise NotReadable("The page has no list “data”.")
    if len(rows) > MOST_ON_A_PAGE:
        raise NotReadable(f"More than {MOST_ON_A_PAGE:,} rows on a page.")
    told, latest, not_understood = [], None, 0
    for number, row in enumerate(rows):
        one, at = _row(row, f"data[{number}]")
        latest = max(latest or at, at) if at else latest
        if one is None:
            not_understood += 1
        else:
            told.append(one)
    paging = said.get("paging", {})
    next_ = paging.get("next", "") if isinstance(paging, dict) else None
    if not isinstance(next_, str):
        raise NotReadable("“paging.next” is no address.")
    return Page(tuple(told), bounded(next_, 8_000, "“paging.next”"), latest, not_understood)


def _row(row: Any, where: str) -> tuple[Told | None, datetime | None]:
    if not isinstance(row, dict) or not isinstance(row.get("id", ""), str | int):
        raise NotReadable(f"{where} is no row.")
    ident = bounded(str(row.get("id", "")), LONGEST_IDENT, f"{where}.id")
    kind, value, gone = row.get("type", ""), row.get("indicator", ""), row.get("should_delete", False)
    if not ident or not isinstance(kind, str) or not isinstance(value, str) or not isinstance(gone, bool):
        raise NotReadable(f"{where} has no id, or a type, indicator or should_delete that is none.")
    at = _moment(row.get("last_updated"), f"{where}.last_updated")
    signal = (TYPES | ALSO).get(kind, "")
    descriptors = _descriptors(row.get("descriptors"), where)
    if gone or descriptors == []:  # without a descriptor nobody says anything of it any more
        return Told("", "", False, ident, at=at), at
    if not signal or not value:
        return None, at
    return (
        Told(
            signal,
            bounded(value, LONGEST_VALUE, f"{where}.indicator"),
            True,
            ident,
            _grade(descriptors or []),
            _owner(descriptors or []),
            at=at,
            about={"tags": word(" ".join(_tags(descriptors or []))[:200])} if _tags(descriptors or []) else {},
        ),
        at,
    )


def _moment(said: Any, where: str) -> datetime | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= LATEST:
        raise NotReadable(f"{where} is no moment in seconds since 1970.")
    return datetime.fromtimestamp(said, UTC)


def _descriptors(said: Any, where: str) -> list[dict[str, Any]] | None:
    if said is None:
        return None
    rows = said.get("data") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise NotReadable(f"{where}.descriptors has no list “data”.")
    return [one for one in rows if one.get("status") != "NON_MALICIOUS"]


def _tags(descriptors: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for one in descriptors:
        tags = one.get("tags") or []
        tags = tags.get("data", []) if isinstance(tags, dict) else tags
        for tag in tags if isinstance(tags, list) else []:
            text = tag.get("text") if isinstance(tag, dict) else tag
            if isinstance(text, str) and text not in found and len(found) < MOST_ABOUT:
                found.append(word(text[:60]))
    return found


def _grade(descriptors: list[dict[str, Any]]) -> str:
    return next((tag.removeprefix("grade_")[:8] for tag in _tags(descriptors) if tag.startswith("grade_")), "")


def _owner(descriptors: list[dict[str, Any]]) -> str:
    owner = descriptors[0].get("owner") if descriptors else None
    name = (owner.get("name") or owner.get("id") or "") if isinstance(owner, dict) else ""
    return word(str(name)[:100])
