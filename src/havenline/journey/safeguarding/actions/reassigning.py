"""A manager gives a case to somebody else: never without the words that whoever takes it needs."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post import actions as post
from havenline.journey.safeguarding.actions.child import name_people
from havenline.journey.safeguarding.actions.findable import make_words_findable
from havenline.journey.safeguarding.actions.refusals import NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import ChildCase, Reassignment


@transaction.atomic
def reassign(*, child_case: ChildCase, to: Membership, words: str, by: Membership) -> Reassignment:
    """Give the case and its running clocks to somebody of this area, with a hand-over note. They are told at once: a letter that names
    nothing, and the note on their day until they have read it. The same form twice makes one.

    Raises ReasonMissing, NotOfThisCase (another area's, or who holds it already), NotYourRole (also of `to`), CaseClosed.
    """
    by.must_be(Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    waiting = child_case.reassignments.filter(read_at=None).first()
    if waiting is not None and waiting.to_id == to.pk and child_case.record.owner_id == to.pk and waiting.words == words.strip():
        return waiting
    if not words.strip():
        raise ReasonMissing(_("Say what whoever takes it over must know: what was promised, what comes next, what worries you."))
    before = child_case.record.owner
    if before is not None and before.pk == to.pk:
        raise NotOfThisCase(_("%(who)s holds this case already. Choose somebody else.") % {"who": to.name})
    name_people(child_case=child_case, owner=to, by=by)
    child_case.reassignments.filter(read_at=None).update(read_at=moment.now())  # it went on before that was read: this note stands now
    made = Reassignment.objects.create(
        child_case=child_case,
        held_before=before,
        to=to,
        words_sealed=child_case.ledger_seal().seal("words", words.strip()),
        recorded_at=moment.now(),
        by=by,
    )
    make_words_findable(child_case, words)
    ledger.record(by, "reassigned the case", made, changed={"from": before.pk if before else None, "to": to.pk}, words=words)
    post.message_waits(receiver=to, by=by)
    return made


@transaction.atomic
def reassign_several(*, child_cases: Iterable[ChildCase], to: Membership, words: str, by: Membership) -> list[Reassignment]:
    """Give several cases to one person, each as `reassign` does and with the same note; all or none. They are told once.

    Raises what `reassign` raises.
    """
    # In the order of their numbers, as whoever else locks several.
    return [reassign(child_case=one, to=to, words=words, by=by) for one in sorted(child_cases, key=lambda one: one.pk)]


@transaction.atomic
def note_read(*, reassignment: Reassignment, by: Membership) -> None:
    """Whoever holds the case now has read the note. Twice changes nothing. Raises NotOfThisCase."""
    if reassignment.to_id != by.pk:
        raise NotOfThisCase(_("This note is for whoever took the case over."))
    if Reassignment.objects.filter(pk=reassignment.pk, read_at=None).update(read_at=moment.now()):
        ledger.record(by, "read a hand-over note", reassignment)
