"""The register of schools, and who at a school was verified by telephone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.search.normal import normal
from havenline.journey.prevention import register_file
from havenline.journey.prevention.actions.errors import (
    AnotherPersonNeeded,
    NoNumber,
    NotALead,
    NotASchool,
    SchoolKnown,
    WordsMissing,
)
from havenline.journey.prevention.actions.sending import deliver_what_waits
from havenline.journey.prevention.models import School, SchoolContact
from havenline.journey.prevention.policies import SENDERS

BATCH = 1000
BAD_ROWS_KEPT = 1000
FROM_FILE = ("name", "local_authority", "town", "postcode", "telephone", "phase", "status", "closed_on")


@transaction.atomic
def add_school(
    *, urn: int, name: str, by: Actor, local_authority: str = "", town: str = "", postcode: str = "", telephone: str = "", phase: str = ""
) -> School:
    """Add a school by hand. Raises SchoolKnown, NotASchool, NotYourRole."""
    if isinstance(by, Membership):
        by.must_be(*SENDERS)
    if not name.strip() or not 0 < urn < 10**8:
        raise NotASchool(_("Enter the school’s name and its number in the register (URN)."))
    school = School(urn=urn, name=name.strip(), local_authority=local_authority.strip(), town=town.strip(), phase=phase.strip())
    school.postcode, school.telephone, school.changed_at = postcode.strip(), telephone.strip(), moment.now()
    school.telephone_by = by if isinstance(by, Membership) and school.telephone else None
    school.words = words_of(school)
    try:
        with transaction.atomic():
            school.save()
    except IntegrityError as error:
        raise SchoolKnown(_("The register has a school with the number %(urn)s already.") % {"urn": urn}) from error
    ledger.record(by, "added a school to the register", school, changed={"name": name, "telephone": telephone})
    return school


@transaction.atomic
def link_agency(*, school: School, agency: Agency, by: Actor) -> School:
    """Say that an agency set up here is this school. Notices that wait for somebody there go on. Raises NotASchool, NotYourRole."""
    if isinstance(by, Membership):
        by.must_be(*SENDERS)
    school = School.objects.select_for_update().get(pk=school.pk)
    if school.agency_id == agency.pk:
        return school
    taken = School.objects.filter(agency=agency).exists() or school.agency_id is not None
    if agency.kind != AgencyKind.SCHOOL or taken:
        raise NotASchool(_("%(agency)s is no school, or one of the two is linked already.") % {"agency": agency.name})
    school.agency, school.changed_at = agency, moment.now()
    school.save(update_fields=["agency", "changed_at"])
    ledger.record(by, "linked a school to its agency", school, to=agency.slug)
    return school


@transaction.atomic
def verify_contact(*, school: School, membership: Membership, spoke_to: str, by: Membership) -> SchoolContact:
    """The school was telephoned at its register's number, and says that this is its safeguarding lead. What waits for them goes out.

    Raises NotYourRole, NotALead, NoNumber, AnotherPersonNeeded, WordsMissing.
    """
    by.must_be(*SENDERS)
    school = School.objects.select_for_update().get(pk=school.pk)
    if membership.role != Role.SAFEGUARDING_LEAD or membership.agency_id != school.agency_id:
        raise NotALead(_("%(name)s is no safeguarding lead of %(school)s.") % {"name": membership.name, "school": school.name})
    if membership.person_id == by.person_id or not Membership.objects.current().filter(pk=membership.pk).exists():
        raise NotALead(_("Another person than the lead telephones, and the lead acts for the school now."))
    if not school.telephone:
        raise NoNumber(_("The register has no telephone number of %(school)s. Add it to the register first.") % {"school": school.name})
    who_else = verified_by_others(school, by)
    if who_else:
        raise AnotherPersonNeeded(who_else)
    if not spoke_to.strip():
        raise WordsMissing(_("Enter the name of whoever confirmed it on the telephone."))
    known = SchoolContact.objects.filter(membership=membership, ended_at=None).first()
    if known is not None:
        return known
    contact = SchoolContact.objects.create(
        school=school,
        membership=membership,
        telephoned=school.telephone,
        spoke_to=spoke_to.strip(),
        verified_by=by,
        verified_at=moment.now(),
    )
    ledger.record(
        by, "verified a school’s safeguarding lead by telephone", contact, changed={"spoke_to": spoke_to, "number": school.telephone}
    )
    deliver_what_waits(school=school, by=by)
    return contact


def verified_by_others(school: School, by: Membership) -> str:
    """Who verifies a person of this school, where this person may not; empty: they may.

    Otherwise one person could type a number of their own choice, and have whoever answers there confirm whom they like.
    """
    if school.telephone_by is not None and school.telephone_by.person_id == by.person_id:
        return _("You entered this school’s number: another person must telephone it and verify.")
    return ""


@transaction.atomic
def end_contact(*, contact: SchoolContact, by: Membership) -> SchoolContact:
    """This person is not the school's verified person any more: no mail goes to them. Ending twice changes nothing."""
    by.must_be(*SENDERS)
    contact = SchoolContact.objects.select_for_update().get(pk=contact.pk)
    if contact.ended_at is None:
        contact.ended_at, contact.ended_by = moment.now(), by
        contact.save(update_fields=["ended_at", "ended_by"])
        ledger.record(by, "ended a school’s verified person", contact)
    return contact


@transaction.atomic
def correct_telephone(*, school: School, telephone: str, by: Membership) -> School:
    """Correct the number by hand, from the school's own entry in the register. Raises NotASchool."""
    by.must_be(*SENDERS)
    telephone = " ".join(telephone.split())
    if sum(c.isdigit() for c in telephone) < 8 or len(telephone) > 30:
        raise NotASchool(_("Enter the school’s telephone number, with its area code."))
    school = School.objects.select_for_update().get(pk=school.pk)
    if school.telephone != telephone:
        before, school.telephone, school.telephone_by, school.changed_at = school.telephone, telephone, by, moment.now()
        school.save(update_fields=["telephone", "telephone_by", "changed_at"])
        ledger.record(by, "corrected a school’s telephone number", school, changed={"before": before, "now": telephone})
    return school


@dataclass
class Imported:
    """What came of reading the register's file. `bad`: the first thousand; `bad_count` counts all."""

    added: int = 0
    changed: int = 0
    same: int = 0
    closed: int = 0
    abroad: int = 0
    bad_count: int = 0
    bad: list[register_file.BadRow] = field(default_factory=list)
    not_in_file: int = 0

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.same + self.abroad + self.bad_count


def import_register(*, path: Path, by: Actor, report_progress: Callable[[int], object] = lambda _rows: None) -> Imported:
    """Bring the register up to the file, a thousand rows a transaction: broken off, it is run again and goes on where it stood.

    A school that the file does not hold stays as it is: it is never closed by silence. `report_progress(rows read)`.
    Raises register_file.NotTheRegister before anything is changed, OSError.
    """
    said = Imported()
    seen: set[int] = set()
    rows = register_file.read(path)
    while True:
        part = list(islice(rows, BATCH))
        if not part:
            break
        good = [row for row in part if isinstance(row, register_file.Row)]
        bad = [row for row in part if isinstance(row, register_file.BadRow)]
        said.abroad += len(part) - len(good) - len(bad)
        said.bad_count += len(bad)
        said.bad += bad[: max(0, BAD_ROWS_KEPT - len(said.bad))]
        seen.update(row.urn for row in good)
        _take(good, said, by)
        report_progress(said.rows)
    said.not_in_file = sum(1 for urn in _urns() if urn not in seen)
    return said


def _urns() -> Iterator[int]:
    return School.objects.values_list("urn", flat=True).iterator(chunk_size=5000)


@transaction.atomic
def _take(rows: list[register_file.Row], said: Imported, by: Actor) -> None:
    standing = School.objects.select_for_update(of=("self",)).select_related("telephone_by")
    known = {school.urn: school for school in standing.filter(urn__in=[row.urn for row in rows])}
    now = moment.now()
    added: list[School] = []
    changed: list[School] = []
    for row in rows:
        school = known.get(row.urn)
        values: dict[str, Any] = {name: getattr(row, name) for name in FROM_FILE}
        values["telephone_by"] = None  # the register says the number itself
        if school is not None and not values["telephone"]:  # a number that a person typed stays where the file has none
            values["telephone"], values["telephone_by"] = school.telephone, school.telephone_by
        if school is not None and school.from_file and all(getattr(school, name) == value for name, value in values.items()):
            said.same += 1
            continue
        if values["status"] == School.Status.CLOSED and (school is None or school.status != School.Status.CLOSED):
            said.closed += 1
        (added if school is None else changed).append(school := school or School(urn=row.urn))
        for name, value in values.items():
            setattr(school, name, value)
        school.from_file, school.changed_at, school.words = True, now, words_of(school)
    School.objects.bulk_create(added)
    School.objects.bulk_update(changed, [*FROM_FILE, "telephone_by", "from_file", "changed_at", "words"], batch_size=200)
    said.added, said.changed = said.added + len(added), said.changed + len(changed)
    if added or changed:
        ledger.record(by, "took in a part of the register of schools", "register of schools", changed={"urns": [row.urn for row in rows]})


def words_of(school: School) -> str:
    """What the school is found by."""
    return normal(f"{school.name} {school.town} {school.postcode} {school.local_authority} {school.urn}")[:440]
