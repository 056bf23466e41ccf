"""Which items of a report a notice to their host would name: those with a web address, graded A, B or C."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from havenline.foundation.identifiers.models import Kind
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage.models import Grade, LinkAnswer
from havenline.journey.triage.standing import standing

CRIMINAL = frozenset({Grade.A, Grade.B, Grade.C})


@dataclass(frozen=True)
class AtHost:
    """An item that a host can be asked about, and what is known of its link: None while nobody answered."""

    item: ReportedItem
    hostname: str
    answer: LinkAnswer | None


def at_hosts(report: Report) -> list[AtHost]:
    """In the order of their numbers. Three queries, whatever their number."""
    items = report.items.select_related("identifier", "report__record").prefetch_related("assessments__by", "link_answers__by__person")
    found = []
    for item in items.filter(identifier__kind=Kind.URL):
        counts = standing(item, item.assessments.all())
        if counts is not None and counts.grade in CRIMINAL and counts.was_seen:
            answers = sorted(item.link_answers.all(), key=lambda answer: (answer.at, answer.pk))
            found.append(AtHost(item, hostname_of(item), answers[-1] if answers else None))
    return found


def hostname_of(item: ReportedItem) -> str:
    """The name in the item's address, as it is canonical: lower case, no port."""
    return urlsplit(item.identifier.canonical).hostname or ""


def names_of(report: Report) -> list[str]:
    """Each host that would be asked, once, in the order of the items."""
    return list(dict.fromkeys(one.hostname for one in at_hosts(report)))
