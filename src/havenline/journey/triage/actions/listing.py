"""What was graded A, B or C by a look goes on the hotline's own lists when its report is decided: here, and nowhere else."""

from django.utils.translation import gettext as _

from havenline.foundation.identifiers.models import Kind
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, Signal
from havenline.foundation.lists.signals import NotASignal
from havenline.foundation.people.models import Agency
from havenline.journey.intake.models import ReportedItem
from havenline.journey.triage.hosts import CRIMINAL
from havenline.journey.triage.models import Decision, LinkAnswer
from havenline.journey.triage.standing import standing

DIGESTS = {Kind.MD5: Signal.MD5, Kind.SHA1: Signal.SHA1, Kind.SHA256: Signal.SHA256}


def list_what_was_graded(*, decision: Decision) -> list[str]:
    """Put the digests and addresses of what was seen and graded A, B or C on our own lists; what could not be listed, in words.

    Nothing that was accepted unseen, and no address that may have been made for one person. Called where a decision is carried out.
    """
    new: dict[str, list[lists.NewEntry]] = {KnownList.Kind.HASH: [], KnownList.Kind.URL: []}
    problems: list[str] = []
    items = decision.report.items.select_related("identifier", "pdq").prefetch_related("assessments__by", "link_answers")
    for item in items.order_by("number"):
        counts = standing(item, item.assessments.all())
        if counts is None or not counts.was_seen or counts.grade not in CRIMINAL:
            continue
        for kind, entry in _entries(item, counts.grade):
            try:
                new[kind].append(entry.checked(kind))
            except NotASignal as refused:
                problems.append(_("Item %(n)s could not be listed: %(why)s") % {"n": item.number, "why": refused})
    for kind, entries in new.items():
        if entries:
            known_list = own_list(decision.by.agency, kind)
            lists.list_from_report(record=decision.report.record, known_list=known_list, new=entries, by=decision.by)
    return problems


def own_list(agency: Agency, kind: str) -> KnownList:
    """The list of an agency that takes what its reports name: its first of this kind that is matched and open, else a new one."""
    ours = KnownList.objects.filter(agency=agency, kind=kind, origin=KnownList.Origin.OWN, is_matched=True, closed_at=None)
    found = ours.order_by("pk").first()
    if found is not None:
        return found
    name = _("Hashes of %(agency)s") if kind == KnownList.Kind.HASH else _("Addresses of %(agency)s")
    return lists.make_list(
        name=name % {"agency": agency.name},
        kind=kind,
        origin=KnownList.Origin.OWN,
        agency=agency,
        by=INSTALLATION,
        slug=f"{agency.slug[:40]}-{kind}-{agency.known_lists.count()}",
    )


def _entries(item: ReportedItem, grade: str) -> list[tuple[str, lists.NewEntry]]:
    kind = item.identifier.kind
    found: list[tuple[str, lists.NewEntry]] = []
    if kind in DIGESTS:
        found.append((KnownList.Kind.HASH, lists.NewEntry(DIGESTS[Kind(kind)], item.identifier.canonical, grade=grade)))
    if item.pdq is not None:
        found.append((KnownList.Kind.HASH, lists.NewEntry(Signal.PDQ, item.pdq.canonical, item.pdq_quality, grade=grade)))
    if kind == Kind.URL and not _may_be_for_one_person(item):
        found.append((KnownList.Kind.URL, lists.NewEntry(Signal.URL, item.identifier.canonical, grade=grade)))
    return found


def _may_be_for_one_person(item: ReportedItem) -> bool:
    """To list such an address helps nobody else, and tells whoever made it."""
    answers = sorted(item.link_answers.all(), key=lambda answer: (answer.at, answer.pk))
    return bool(answers) and answers[-1].answer != LinkAnswer.ForOnePerson.NO
