"""Who may work on a case: an investigator or a supervisor of the force whose case it is, while it is open."""

from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.journey.investigation.actions.errors import AnotherPersonNeeded, CaseIsClosed, NotYourCase, RationaleMissing
from havenline.journey.investigation.models import Case, Subject
from havenline.journey.investigation.policies import WORKERS


def open_case(case: Case, by: Membership) -> Case:
    """The case, locked for this transaction. Raises NotYourRole, NotPartyToRecord, NotYourCase, CaseIsClosed."""
    case = locked(case, by)
    if not case.is_open:
        raise CaseIsClosed(_("%(case)s is closed, so nothing was changed. A new report opens a new case.") % {"case": case.reference})
    return case


def locked(case: Case, by: Membership) -> Case:
    """The case, open or closed, locked for this transaction. Raises NotYourRole, NotPartyToRecord, NotYourCase."""
    by.must_be(*WORKERS)
    by.must_be_party_to(case)
    if by.agency_id != case.record.agency_id:
        raise NotYourCase(_("Only %(agency)s works on this case.") % {"agency": case.record.agency.name})
    again: Case = Case.objects.select_for_update(of=("self",)).select_related("record__agency", "record__owner").get(pk=case.pk)
    return again


def open_subject_of(subject: Subject, by: Membership) -> Subject:
    """The subject, read again under its case's lock. Raises as `open_case`."""
    case = open_case(subject.case, by)
    again = Subject.objects.get(pk=subject.pk)
    again.case = case
    return again


def another_person(by: Membership, *authors: Membership | None) -> None:
    """The same person in another role is still the same person. Raises AnotherPersonNeeded."""
    if any(author is not None and author.person_id == by.person_id for author in authors):
        raise AnotherPersonNeeded(_("Another person must do this: it is about your own work."))


def needs_words(words: str, what: str) -> str:
    """Raises RationaleMissing."""
    if not words.strip():
        raise RationaleMissing(what)
    return words.strip()
