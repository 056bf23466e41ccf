"""Who may see, and who must answer for it: a share, a broken glass, a restricted record, requests and breaches."""

from collections.abc import Iterator
from datetime import timedelta

from havenline.cli.world.acts import Stage
from havenline.cli.world.player import Story
from havenline.foundation import moment
from havenline.foundation.accountability import actions as accountability
from havenline.foundation.records.models import BrokenGlass
from havenline.foundation.sharing import actions as sharing
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.safeguarding.models import ChildCase


def trust(stage: Stage) -> Iterator[Story]:
    """What supervisors, oversight and whoever answers for personal data do."""
    yield from (_shared(stage), _restricted(stage), _glass(stage), _glass_of_today(stage), _requests(stage), _breaches(stage))


def _shared(stage: Stage) -> Story:
    """Two forces look at the same account: one shares its case with the other until a day."""
    yield stage.calendar.at(4, 11, 20)
    sharing.share(
        record=Case.objects.get(title__startswith="riverwalk_77").record,
        agency=stage.company.agencies["other_force"],
        purpose="Joint enquiry: the same account wrote to children in Southmere",
        lawful_basis="DPA 2018 Part 3, s. 35",
        until=moment.today() + timedelta(days=60),
        withheld="",
        by=stage.people.police_supervisor,
    )


def _restricted(stage: Stage) -> Story:
    yield stage.calendar.at(9, 10, 5)
    case = Case.objects.exclude(title__startswith="riverwalk_77").filter(closed_at=None).earliest("record__opened_at")
    sharing.restrict(record=case.record, reason="The person works for this force.", by=stage.people.police_supervisor)


def _glass(stage: Stage) -> Story:
    """A manager of the next area looks one child up at night; the area that holds it notes it, oversight reviews it."""
    yield stage.calendar.at(12, 20, 40)
    other, child_case = stage.people.other_manager, ChildCase.objects.filter(record__agency=stage.company.agencies["care"]).first()
    if child_case is None:
        return
    glass = sharing.break_glass(
        reference=child_case.reference, reason="The child was found in Southmere this evening; we must know who cares for them.", by=other
    )
    yield stage.calendar.at(12, 20, 58)
    sharing.end_glass(glass=glass, by=other)
    yield stage.calendar.at(11, 8, 35)
    sharing.note_glass_seen(glass=BrokenGlass.objects.get(pk=glass.pk), by=stage.people.team_manager)
    yield stage.calendar.at(11, 15, 10)
    sharing.review_glass(
        glass=BrokenGlass.objects.get(pk=glass.pk),
        in_order=True,
        words="A child had to be brought home that night; eighteen minutes, one record.",
        by=stage.people.auditor,
    )


def _glass_of_today(stage: Stage) -> Story:
    """Another, a few minutes ago: open, not yet noted, not yet reviewed."""
    yield moment.now() - timedelta(minutes=12)
    child_case = ChildCase.objects.filter(record__agency=stage.company.agencies["care"], record__closed_at=None).first()
    if child_case is not None:
        sharing.break_glass(
            reference=child_case.reference,
            reason="The family is at our door tonight and says that a plan was made in Northmere.",
            by=stage.people.other_manager,
        )


def _requests(stage: Stage) -> Story:
    """One is answered as everybody is who is unknown here; one waits for a decision about a record."""
    supervisor = stage.people.senior_analyst
    yield stage.calendar.at(18, 9, 30)
    unknown = accountability.receive_request(
        name="Sam Reed",
        contact="1 High Road, Northmere",
        asks="Everything that you hold about me.",
        received_on=moment.today(),
        identity_checked="Passport, in the office",
        by=supervisor,
    )
    yield stage.calendar.at(13, 14, 0)
    accountability.answer(request=unknown, by=supervisor)
    yield stage.calendar.at(7, 10, 15)
    waiting = accountability.receive_request(
        name="Alex Vale",
        contact="14 Mill Street, Hallow",
        asks="The report that I made on your page.",
        received_on=moment.today(),
        identity_checked="Asked for what the report says",
        by=supervisor,
    )
    report = Report.objects.filter(record__agency=supervisor.agency, channel="form").earliest("received_at")
    accountability.ask_about(request=waiting, record=report.record, by=supervisor)


def _breaches(stage: Stage) -> Story:
    """One was notified and told; one is known since yesterday, and its 72 hours run."""
    yesterday = moment.now() - timedelta(hours=20)  # not a working day before: over a weekend its 72 hours would be over
    yield stage.calendar.at(30, 16, 20)
    manager = stage.people.team_manager
    told = accountability.record_breach(
        what="A printed case list was left in a meeting room for an afternoon. Six families; it was found by a colleague.",
        known_at=moment.now() - timedelta(hours=1),
        happened_at=moment.now() - timedelta(hours=4),
        by=manager,
    )
    yield stage.calendar.at(29, 11, 0)
    accountability.decide_breach(breach=told, decided="notified", reason="Notified by the form of the regulator.", by=manager)
    accountability.note_told(breach=told, words="Each family by telephone, by its social worker.", by=manager)
    yield yesterday
    accountability.record_breach(
        what="A letter with a case reference went to a wrong address in Hallow. It was brought back unopened.",
        known_at=moment.now() - timedelta(minutes=30),
        happened_at=None,
        by=manager,
    )
