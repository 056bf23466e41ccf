"""The child, the household, who lives with whom, who was seen, told and invited."""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.foundation.sealing import actions as sealing
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions import birth
from havenline.journey.safeguarding.actions.clocks_of_case import keep_clocks
from havenline.journey.safeguarding.actions.findable import make_case_findable, make_findable, make_words_findable
from havenline.journey.safeguarding.actions.refusals import ChangedMeanwhile, DateNotPossible, NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked, took_place
from havenline.journey.safeguarding.models import CaseNote, Child, ChildCase
from havenline.journey.safeguarding.queries.referrer import must_not_learn

# As papers name them: telling somebody by word asks the same silences as inviting them.
AS_PAPERS_SAY = {
    CaseNote.Whom.HOUSEHOLD: "family",
    CaseNote.Whom.SCHOOL: "education",
    CaseNote.Whom.HEALTH: "health",
    CaseNote.Whom.POLICE: "police",
}
CHILD_FIELDS = (
    *("name", "other_names", "born_on", "born_about", "born_earliest", "born_latest", "expected_on", "age_as_told"),
    *("school", "language", "no_fixed_address", "found_at"),
)


@transaction.atomic
def change_child(
    *,
    child_case: ChildCase,
    by: Membership,
    name: str,
    other_names: str = "",
    born_on: date | None = None,
    born_about: str = "",
    born_earliest: date | None = None,
    born_latest: date | None = None,
    expected_on: date | None = None,
    age_as_told: int | None = None,
    school: str = "",
    language: str = "",
    no_fixed_address: bool = False,
    found_at: str = "",
    as_read: str | None = None,
) -> Child:
    """Put what is known of the child right. `as_read`: the child as the person's page showed it (`read_mark`).

    Raises ChangedMeanwhile, DateNotPossible, ReasonMissing (no name), CaseClosed, NotYourRole.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
    child_case = locked(child_case, by=by)
    child = Child.objects.select_for_update(of=("self",)).get(pk=child_case.child_id)
    if as_read is not None and as_read != read_mark(child):
        raise ChangedMeanwhile(_("Somebody changed this after you opened it. Look at it again; nothing was saved."))
    if not name.strip():
        raise ReasonMissing(_("Enter a name. Where none is known, say so in its place."))
    days = {"born_on": born_on, "born_earliest": born_earliest, "born_latest": born_latest, "expected_on": expected_on}
    wrong = birth.wrong_with(days)
    # What stood there before, and has become old meanwhile, keeps nobody from changing the rest.
    wrong = {field: words for field, words in wrong.items() if born_on is not None or days[field] != getattr(child, field)}
    if wrong:
        raise DateNotPossible(" ".join(wrong.values()), wrong)
    if earlier := birth.before_a_parent(child, born_on):
        raise DateNotPossible(earlier, {"born_on": earlier})
    new = {
        "name": name.strip(),
        "other_names": ", ".join(filter(None, (one.strip() for one in other_names.split(",")))),
        "born_on": born_on,
        "born_about": born_about.strip(),
        "born_earliest": born_earliest,
        "born_latest": born_latest,
        "expected_on": expected_on,
        "age_as_told": age_as_told,
        "school": school.strip(),
        "language": language.strip(),
        "no_fixed_address": no_fixed_address,
        "found_at": found_at.strip(),
    }
    changed = {field: value for field, value in new.items() if getattr(child, field) != value}
    if not changed:
        return child
    for field, value in changed.items():
        setattr(child, field, value)
    child.save(update_fields=list(changed))
    make_findable(child)
    ledger.record(by, "changed what is known of the child", child_case, changed=changed)
    return child


def read_mark(child: Child) -> str:
    """What a page showed of the child, so that a stale form is noticed."""
    return "|".join(str(getattr(child, field) or "") for field in CHILD_FIELDS)


@transaction.atomic
def record_seen(*, child_case: ChildCase, happened_on: date, by: Membership, view: str = "", happened_at: time | None = None) -> CaseNote:
    """The child was seen and spoken to, and said this: a visit that was booked until then has taken place.

    Raises DateNotPossible, CaseClosed.
    """
    note = _note(
        child_case,
        CaseNote.Kind.CHILD_SEEN,
        happened_on,
        happened_at,
        by,
        words=view,
        verb="saw the child",
        view_recorded=bool(view.strip()),
    )
    took_place(child_case, path.VISIT, happened_on)
    return note


@transaction.atomic
def put_seen_right(*, note: CaseNote, happened_on: date, view: str, by: Membership) -> CaseNote:
    """A note that the child was seen says what its visit's paper says now; what it said before stands in the paper's versions.

    Raises DateNotPossible, CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
    child_case = locked(note.child_case, by=by)
    if happened_on > moment.today():
        raise DateNotPossible(_("Enter a date and time that are not in the future."))
    if (note.happened_on, note.words) == (happened_on, view):
        return note
    note.happened_on, note.view_recorded = happened_on, bool(view.strip())
    note.words_sealed = child_case.ledger_seal().seal("words", view) if view.strip() else None
    note.save(update_fields=["happened_on", "view_recorded", "words_sealed"])
    ledger.record(by, "put right when the child was seen", note, changed={"on": happened_on, "words": view}, reason=note.kind)
    make_case_findable(child_case)
    return note


@transaction.atomic
def take_seen_back(*, note: CaseNote, by: Membership) -> CaseNote:
    """The visit's paper says now that the child was not seen: the note goes, and one on that day says so.

    What it said before stands in the paper's versions. Raises CaseClosed.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
    child_case, day = locked(note.child_case, by=by), note.happened_on
    ledger.record(by, "took back that the child was seen", note, changed={"on": day}, reason=note.kind)
    note.delete()
    words = _("A visit’s paper said that the child was seen. It was put right: the child was not seen.")
    return _note(child_case, CaseNote.Kind.NOTE, day, None, by, words=words, verb="noted something")


@transaction.atomic
def tell(
    *,
    child_case: ChildCase,
    whom: str,
    words: str,
    happened_on: date,
    by: Membership,
    happened_at: time | None = None,
    invited_to: str = "",
) -> CaseNote:
    """Record that somebody was told of the case, or with `invited_to` (a step) invited. Refused under a silence, before and after the fact.

    Raises records.Silenced (naming who can lift it), ReasonMissing, DateNotPossible, CaseClosed.
    """
    child_case = locked(child_case, by=by)
    records.must_not_be_silent(child_case.record, *must_not_learn(child_case, AS_PAPERS_SAY[CaseNote.Whom(whom)]))
    if not words.strip():
        raise ReasonMissing(_("Say what they were told: as little as they need."))
    kind = CaseNote.Kind.INVITED if invited_to else CaseNote.Kind.TOLD
    verb = "recorded an invitation" if invited_to else "recorded who was told"
    return _note(child_case, kind, happened_on, happened_at, by, words=words, verb=verb, whom=whom, about_step=invited_to)


@transaction.atomic
def add_note(*, child_case: ChildCase, words: str, by: Membership) -> CaseNote:
    """Raises ReasonMissing, CaseClosed."""
    if not words.strip():
        raise ReasonMissing(_("Enter the note."))
    return _note(child_case, CaseNote.Kind.NOTE, moment.today(), None, by, words=words, verb="noted something")


@sealing.kept_open()
def _note(
    child_case: ChildCase,
    kind: CaseNote.Kind,
    on: date,
    at: time | None,
    by: Membership,
    *,
    words: str,
    verb: str,
    whom: str = "",
    about_step: str = "",
    view_recorded: bool = False,
) -> CaseNote:
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
    child_case = locked(child_case, by=by)
    now = moment.now().astimezone(moment.LONDON)
    if on > now.date() or (on == now.date() and at is not None and at > now.time()):
        raise DateNotPossible(_("Enter a date and time that are not in the future."))
    key = child_case.ledger_seal()
    # The same form twice: the words are sealed afresh each time, so they are compared opened.
    same = child_case.notes.filter(kind=kind, whom=whom, about_step=about_step, happened_on=on, happened_at=at, by=by)
    twice = next((note for note in same if note.words == words), None)
    if twice is not None:
        return twice
    note = CaseNote.objects.create(
        child_case=child_case,
        kind=kind,
        whom=whom,
        about_step=about_step,
        happened_on=on,
        happened_at=at,
        view_recorded=view_recorded,
        words_sealed=key.seal("words", words) if words.strip() else None,
        recorded_at=moment.now(),
        by=by,
    )
    ledger.record(by, verb, note, changed={"whom": whom, "on": on, "about": about_step}, reason=whom or kind.value)
    make_words_findable(child_case, words)
    return note


@transaction.atomic
def name_people(
    *,
    child_case: ChildCase,
    by: Membership,
    owner: Membership | None = None,
    cover: Membership | None = None,
    manager: Membership | None = None,
    chair: Membership | None = None,
) -> ChildCase:
    """Name who holds the case, covers, manages and chairs; running clocks go to them. None leaves a name as it is.

    Raises NotYourRole (also for the person named), NotPartyToRecord.
    """
    by.must_be(Role.TEAM_MANAGER, Role.SOCIAL_WORKER, Role.CONFERENCE_CHAIR)
    child_case = locked(child_case, by=by)
    for person, roles in (
        (owner, (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)),
        (cover, (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)),
        (manager, (Role.TEAM_MANAGER,)),
        (chair, (Role.CONFERENCE_CHAIR,)),
    ):
        if person is not None:
            if person.agency_id != child_case.record.agency_id:
                raise NotOfThisCase(_("Choose somebody of this area."))
            person.must_be(*roles)
    if owner is not None or cover is not None:
        records.assign(record=child_case.record, owner=owner, cover=cover, by=by)
    if manager is not None or chair is not None:
        child_case.manager, child_case.chair = manager or child_case.manager, chair or child_case.chair
        child_case.save(update_fields=["manager", "chair"])
        ledger.record(
            by, "named who manages and chairs", child_case, changed={"manager": child_case.manager_id, "chair": child_case.chair_id}
        )
    _hand_clocks_over(child_case)
    keep_clocks(child_case=child_case, by=by)
    return child_case


def _hand_clocks_over(child_case: ChildCase) -> None:
    chaired = {state.step for state in path.situation(child_case).open_clocks if state.role == "chair"}
    holder = child_case.record.owner or child_case.manager
    # The first date of the help that goes on stays with whoever holds that help.
    running = child_case.record.clocks.filter(stopped_at=None, voided_at=None).exclude(rule=path.FIRST_DATE_OF_HELP)
    running.exclude(rule__in=chaired).update(owner=holder)
    running.filter(rule__in=chaired).update(owner=child_case.chair or holder)
