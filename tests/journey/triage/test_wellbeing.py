"""Looks are counted, limits hold, breaks need no reason; and danger now always reaches somebody."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.acting import acting_as, beyond_need_to_know
from havenline.foundation.people.models import Membership, NotYourRole, Visit
from havenline.journey.intake.models import Report
from havenline.journey.triage import actions, errors, exposure, offering
from havenline.journey.triage.actions.wellbeing import forget_looks
from havenline.journey.triage.models import CheckIn, Look, LooksDuty, Wellbeing, WentOn
from tests import factories
from tests.journey.triage.conftest import SHA

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql", reason="SQLite has no locks on rows: querysets alone hold"
)
PAGES = ["https://chat.example/1", "https://chat.example/2", "https://chat.example/3", "https://chat.example/4"]


@pytest.fixture
def senior(hotline):
    return factories.member("senior_analyst", hotline, "Noor Field")


@pytest.fixture
def two_looks_a_day(senior):
    return actions.set_limits(by=senior, looks=2, minutes=60, between_breaks=50, of_a_break=10)


@pytest.fixture
def of_pages(arrives) -> Callable[..., Report]:
    """A report with so many web addresses to grade."""

    def made(number: int = 1, **answers) -> Report:
        return arrives(kind="web_page", place={"urls": PAGES[:number]}, **answers)

    return made


@pytest.fixture
def at_the_desk() -> Callable[[Membership], None]:
    def sits_down(by: Membership) -> None:
        Visit.objects.create(person=by.person, device="Firefox")

    return sits_down


def claimed(report: Report, by: Membership) -> list:
    actions.claim(report=report, by=by)
    return list(report.items.order_by("number"))


def meter(by: Membership) -> exposure.Meter:
    with acting_as(by):
        return exposure.meter_of(by)


# Counting


def test_a_look_counts_once_a_day_with_its_minutes_and_its_grade(of_pages, analyst, on_wednesday):
    [item] = claimed(of_pages(), analyst)
    actions.look_at_item(item=item, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=3)):
        actions.look_at_item(item=item, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=4)):
        actions.grade(item=item, grade="B", by=analyst)
        assert (meter(analyst).looks, meter(analyst).minutes) == (1, 4)
    assert list(Look.objects.values_list("grade", "day", "seconds")) == [("B", on_wednesday.date(), 240)]


def test_an_address_left_open_over_lunch_counts_ten_minutes(of_pages, analyst, on_wednesday):
    [item] = claimed(of_pages(), analyst)
    actions.look_at_item(item=item, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(hours=1)):
        assert meter(analyst).minutes == 10


def test_a_graded_item_counts_though_its_address_was_not_shown(of_pages, analyst):
    [item] = claimed(of_pages(), analyst)
    actions.grade(item=item, grade="C", by=analyst)
    assert meter(analyst).looks == 1


def test_what_is_carried_over_is_spared_and_no_look(arrives, analyst, second_analyst):
    hashed = {"kind": "web_page", "platform": {"hashes": [SHA]}}
    [item] = claimed(arrives(**hashed), second_analyst)
    earlier = actions.grade(item=item, grade="B", by=second_analyst)
    [later] = claimed(arrives(**hashed), analyst)
    actions.carry_over(item=later, earlier=earlier, by=analyst)
    assert (meter(analyst).looks, meter(analyst).spared) == (0, 1)


def test_the_day_is_londons(of_pages, analyst):
    first, second = claimed(of_pages(2), analyst)
    with moment.standing_at(datetime.fromisoformat("2027-07-01T22:30:00+00:00")):  # half past eleven at night in London
        actions.claim(report=first.report, by=analyst)
        actions.grade(item=first, grade="C", by=analyst)
    with moment.standing_at(datetime.fromisoformat("2027-07-01T23:05:00+00:00")):
        actions.claim(report=first.report, by=analyst)
        actions.grade(item=second, grade="C", by=analyst)
        assert meter(analyst).looks == 1
    assert sorted(str(day) for day in Look.objects.values_list("day", flat=True)) == ["2027-07-01", "2027-07-02"]


def test_how_much_somebody_looked_at_is_forgotten_after_90_days(of_pages, analyst, on_wednesday):
    actions.grade(item=claimed(of_pages(), analyst)[0], grade="C", by=analyst)
    for days, left in ((90, 1), (91, 0)):
        with moment.standing_at(on_wednesday + timedelta(days=days)):
            forget_looks()
        assert Look.objects.count() == left


# Limits


def test_who_has_reached_a_limit_opens_no_address_and_grades_nothing_unseen(of_pages, analyst, two_looks_a_day):
    first, second, third, _fourth = claimed(of_pages(4), analyst)
    for item in (first, second):
        actions.look_at_item(item=item, by=analyst)
    actions.grade(item=second, grade="B", by=analyst)  # looked at before the limit: its grade is not lost
    for refused in (lambda: actions.look_at_item(item=third, by=analyst), lambda: actions.grade(item=third, grade="B", by=analyst)):
        with pytest.raises(errors.LimitReached, match=r"2 items today.*enough for one day"):
            refused()
    assert not third.assessments.exists()
    assert meter(analyst).looks == 2


def test_who_has_reached_a_limit_is_told_whom_to_hand_over_to(of_pages, analyst, second_analyst, two_looks_a_day, at_the_desk):
    items = claimed(of_pages(3), analyst)
    for item in items[:2]:
        actions.grade(item=item, grade="C", by=analyst)
    with pytest.raises(errors.LimitReached, match="Nobody else is at the desk"):
        actions.look_at_item(item=items[2], by=analyst)
    at_the_desk(second_analyst)
    with pytest.raises(errors.LimitReached, match=r"A\. Brook can take it"):
        actions.look_at_item(item=items[2], by=analyst)


def test_the_queue_offers_only_what_needs_no_look_after_a_limit(of_pages, arrives, analyst, two_looks_a_day):
    for item in claimed(of_pages(2), analyst):
        actions.grade(item=item, grade="C", by=analyst)
    of_pages(3)
    told = arrives(kind="contact")
    assert actions.claim_next(by=analyst).report == told
    with pytest.raises(errors.NothingWaits, match="needs a look"):
        actions.claim_next(by=analyst)


def test_what_is_known_exactly_needs_no_look(arrives, analyst, second_analyst, two_looks_a_day):
    hashed = {"kind": "web_page", "platform": {"hashes": [SHA]}}
    [item] = claimed(arrives(**hashed), second_analyst)
    actions.grade(item=item, grade="B", by=second_analyst)
    again = arrives(**hashed)
    unknown = arrives(kind="web_page", platform={"hashes": ["cd" * 32]})
    needing = Report.objects.filter(offering.needs_a_look())
    assert list(needing) == [unknown]
    assert again not in needing


def test_a_report_that_needs_a_look_cannot_be_chosen_after_a_limit(of_pages, analyst, two_looks_a_day):
    for item in claimed(of_pages(2), analyst):
        actions.grade(item=item, grade="C", by=analyst)
    with pytest.raises(errors.LimitReached):
        actions.claim(report=of_pages(3), by=analyst)


def test_minutes_without_a_break_are_a_limit_until_looks_are_left_for_as_long_as_a_break(of_pages, analyst, senior, on_wednesday):
    actions.set_limits(by=senior, looks=40, minutes=60, between_breaks=5, of_a_break=10)
    first, second = claimed(of_pages(2), analyst)
    actions.look_at_item(item=first, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=6)):
        actions.grade(item=first, grade="C", by=analyst)
        with pytest.raises(errors.LimitReached, match="6 minutes without a break"):
            actions.look_at_item(item=second, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=17)):
        actions.claim(report=second.report, by=analyst)
        actions.look_at_item(item=second, by=analyst)
        assert meter(analyst).seconds_since_break == 0


def test_minutes_of_a_day_are_a_limit_even_for_an_address_shown_before(of_pages, analyst, senior, on_wednesday):
    actions.set_limits(by=senior, looks=40, minutes=5, between_breaks=50, of_a_break=10)
    [item] = claimed(of_pages(), analyst)
    actions.look_at_item(item=item, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=6)):
        with pytest.raises(errors.LimitReached, match="for 6 minutes today"):
            actions.look_at_item(item=item, by=analyst)
        actions.grade(item=item, grade="C", by=analyst)


def test_own_limits_are_only_stricter_and_stay_so_when_the_agencys_change(analyst, senior, two_looks_a_day):
    with pytest.raises(errors.NotStricter, match="at most 2"):
        actions.set_own_limits(by=analyst, looks=3, minutes=None, between_breaks=None)
    actions.set_own_limits(by=analyst, looks=1, minutes=None, between_breaks=None)
    assert meter(analyst).limits.looks == 1
    actions.set_limits(by=senior, looks=100, minutes=60, between_breaks=50, of_a_break=10)
    assert meter(analyst).limits.looks == 1
    actions.set_own_limits(by=analyst, looks=80, minutes=None, between_breaks=None)
    actions.set_limits(by=senior, looks=10, minutes=60, between_breaks=50, of_a_break=10)
    assert meter(analyst).limits.looks == 10
    actions.set_limits(by=senior, looks=100, minutes=60, between_breaks=50, of_a_break=10)
    actions.set_own_limits(by=analyst, looks=None, minutes=None, between_breaks=None)
    assert meter(analyst).limits.looks == 100


def test_only_a_senior_analyst_sets_the_agencys_limits_and_the_ledger_says_so(analyst, senior, two_looks_a_day):
    with pytest.raises(NotYourRole):
        actions.set_limits(by=analyst, looks=500, minutes=480, between_breaks=120, of_a_break=5)
    with pytest.raises(errors.NotALimit):
        actions.set_limits(by=senior, looks=0, minutes=60, between_breaks=50, of_a_break=10)
    assert Entry.objects.filter(body__contains='"set the limits of looks"').count() == 1


# Danger now reaches somebody


@pytest.fixture
def tired(of_pages, analyst, two_looks_a_day) -> Membership:
    """Somebody who has looked enough today."""
    report = of_pages(2)
    for item in claimed(report, analyst):
        actions.grade(item=item, grade="C", by=analyst)
    actions.release(report=report, by=analyst)
    return analyst


def test_danger_now_passes_to_whoever_can_look(of_pages, tired, second_analyst, at_the_desk):
    at_the_desk(second_analyst)
    danger = of_pages(3, danger="now")
    assert actions.claim_next(by=tired).report != danger  # but what they graded before, and set aside
    assert actions.claim_next(by=second_analyst).report == danger


def test_danger_now_is_offered_to_who_has_looked_enough_where_nobody_else_is(of_pages, tired):
    danger = of_pages(3, danger="now")
    assert actions.claim_next(by=tired).report == danger


def test_danger_now_can_always_be_chosen_and_read(of_pages, tired, second_analyst, at_the_desk):
    at_the_desk(second_analyst)
    assert actions.claim(report=of_pages(3, danger="now"), by=tired)


def test_whoever_is_alone_with_a_child_in_danger_may_go_on_by_a_press_and_it_is_recorded(of_pages, tired):
    report = of_pages(3, danger="now")
    third = claimed(report, tired)[2]
    with pytest.raises(errors.LimitReached, match="or go on, by your own choice"):
        actions.look_at_item(item=third, by=tired)
    assert actions.go_on(report=report, by=tired)
    actions.look_at_item(item=third, by=tired)
    assert Entry.objects.filter(record=report.reference, body__contains='"went on past a limit"').count() == 1


def test_nobody_goes_on_while_somebody_else_can_look_unless_the_alarm_was_raised(of_pages, tired, second_analyst, at_the_desk):
    at_the_desk(second_analyst)
    report = of_pages(3, danger="now")
    with moment.standing_at(moment.now() + timedelta(minutes=6)):
        actions.claim(report=report, by=tired)
        with pytest.raises(errors.SomebodyElseCan, match=r"A\. Brook"):
            actions.go_on(report=report, by=tired)
        actions.release(report=report, by=tired)
        actions.raise_alarms()
        actions.claim(report=report, by=tired)
        assert actions.go_on(report=report, by=tired)


def test_nobody_goes_on_without_danger(arrives, tired):
    report = arrives(kind="contact")
    actions.claim(report=report, by=tired)
    with pytest.raises(errors.NotInDanger):
        actions.go_on(report=report, by=tired)
    assert not WentOn.objects.exists()


# Breaks


def test_a_break_gives_back_what_was_claimed_and_nothing_is_read_until_it_ends(of_pages, analyst):
    report = of_pages()
    item = claimed(report, analyst)[0]
    actions.take_break(by=analyst)
    assert not report.claims.filter(ended_at=None).exists()
    for refused in (lambda: actions.claim_next(by=analyst), lambda: actions.claim(report=report, by=analyst)):
        with pytest.raises(errors.OnBreak):
            refused()
    actions.end_break(by=analyst)
    actions.claim(report=report, by=analyst)
    actions.look_at_item(item=item, by=analyst)


def test_a_claim_is_kept_over_a_break_for_as_long_as_somebody_chooses_but_not_of_danger_now(of_pages, analyst):
    kept, danger = of_pages(1), of_pages(2, danger="now")
    for report in (kept, danger):
        actions.claim(report=report, by=analyst)
    actions.take_break(by=analyst, keep_minutes=30)
    claim = kept.claims.get(ended_at=None)
    assert claim.until > moment.now() + timedelta(minutes=29)
    assert not danger.claims.filter(ended_at=None).exists()
    with pytest.raises(errors.OnBreak):
        actions.look_at_item(item=kept.items.get(), by=analyst)


def test_who_is_on_a_break_is_not_named_to_take_over(of_pages, analyst, second_analyst, at_the_desk):
    at_the_desk(second_analyst)
    assert exposure.who_can_take(analyst.agency, besides=analyst) == [second_analyst]
    actions.take_break(by=second_analyst)
    assert exposure.who_can_take(analyst.agency, besides=analyst) == []


def test_a_break_says_nothing_on_the_ledger(analyst):
    before = Entry.objects.count()
    actions.take_break(by=analyst)
    actions.end_break(by=analyst)
    assert Entry.objects.count() == before


# What somebody does not take


def test_the_queue_passes_on_kinds_that_somebody_does_not_take(arrives, analyst, second_analyst):
    talk = arrives(kind="conversation")
    other = arrives(kind="other")
    actions.set_not_taken(by=analyst, kinds=["conversation"], grades=[])
    assert actions.claim_next(by=analyst).report == other
    assert actions.claim_next(by=second_analyst).report == talk


def test_the_queue_passes_on_what_is_known_under_a_grade_that_somebody_does_not_take(of_pages, analyst, second_analyst):
    [item] = claimed(of_pages(), second_analyst)
    actions.grade(item=item, grade="A", by=second_analyst)
    known = of_pages()
    actions.set_not_taken(by=analyst, kinds=[], grades=["A"])
    with pytest.raises(errors.NothingWaits):
        actions.claim_next(by=analyst)
    actions.set_not_taken(by=analyst, kinds=[], grades=[])
    assert actions.claim_next(by=analyst).report == known


def test_what_nobody_takes_reaches_somebody_where_a_child_is_in_danger(arrives, analyst):
    actions.set_not_taken(by=analyst, kinds=["conversation"], grades=[])
    danger = arrives(kind="conversation", danger="now")
    assert actions.claim_next(by=analyst).report == danger


# The plan


def test_looks_go_to_those_who_are_planned_while_one_of_them_is_there(of_pages, analyst, second_analyst, senior, at_the_desk, on_wednesday):
    actions.plan_looks(by=senior, plan={(on_wednesday.date(), "am"): [second_analyst]})
    waiting = of_pages()
    at_the_desk(second_analyst)
    with pytest.raises(errors.NothingWaits):
        actions.claim_next(by=analyst)
    Visit.objects.update(last_used_at=on_wednesday - timedelta(hours=1))
    assert actions.claim_next(by=analyst).report == waiting


def test_the_plan_is_a_seniors_and_about_their_own_people(analyst, senior, on_wednesday):
    with pytest.raises(NotYourRole):
        actions.plan_looks(by=analyst, plan={(on_wednesday.date(), "am"): [analyst]})
    stranger = factories.member("analyst", factories.agency("hotline", "Another hotline"), "Sasha Lane")
    with pytest.raises(errors.NotInThePlan):
        actions.plan_looks(by=senior, plan={(on_wednesday.date(), "am"): [stranger]})
    actions.plan_looks(by=senior, plan={(on_wednesday.date(), "am"): [analyst]})
    actions.plan_looks(by=senior, plan={(on_wednesday.date(), "am"): []})
    assert not LooksDuty.objects.exists()


# Check-ins


def test_a_check_in_is_sealed_and_on_no_ledger(analyst):
    before = Entry.objects.count()
    made = actions.check_in(by=analyst, mood=2, words="A heavy morning.")
    assert "heavy" not in made.sealed
    assert Entry.objects.count() == before
    with pytest.raises(errors.NothingToKeep):
        actions.check_in(by=analyst, mood=None, words=" ")


def test_a_check_in_is_erased_by_whoever_wrote_it_and_by_nobody_else(analyst, senior):
    made = actions.check_in(by=analyst, mood=2, words="A heavy morning.")
    assert actions.erase_check_ins(by=senior, pk=made.pk) == 0
    assert actions.erase_check_ins(by=analyst, pk=made.pk) == 1


@on_postgresql
def test_the_database_shows_a_check_in_to_whoever_wrote_it_alone(analyst, senior):
    actions.check_in(by=analyst, mood=2, words="A heavy morning.")
    with acting_as(analyst):
        assert CheckIn.objects.count() == 1
    assert CheckIn.objects.count() == 0  # the worker, the command line
    with acting_as(senior):
        assert CheckIn.objects.count() == 0
        with beyond_need_to_know():
            assert CheckIn.objects.count() == 0
        assert CheckIn.objects.all().delete()[0] == 0


@on_postgresql
def test_the_database_shows_a_supervisor_the_looks_of_their_own_agency_and_a_colleague_none(of_pages, analyst, second_analyst, senior):
    actions.grade(item=claimed(of_pages(), analyst)[0], grade="C", by=analyst)
    actions.set_not_taken(by=analyst, kinds=["conversation"], grades=[])
    stranger = factories.member("senior_analyst", factories.agency("hotline", "Another hotline"), "Sasha Lane")
    seen = {}
    for by in (analyst, senior, second_analyst, stranger):
        with acting_as(by):
            seen[by.pk] = (Look.objects.count(), Wellbeing.objects.filter(person=analyst.person_id).count())
    assert seen == {analyst.pk: (1, 1), senior.pk: (1, 0), second_analyst.pk: (0, 0), stranger.pk: (0, 0)}


# At the same moment


@pytest.fixture
def at_once() -> Iterator[Callable[[list[Callable[[], object]]], list[object]]]:
    """Do several things at the same moment, each on its own connection: what each gave, or raised."""

    def run(acts: list[Callable[[], object]]) -> list[object]:
        together, said = threading.Barrier(len(acts)), [None] * len(acts)

        def one(number: int) -> None:
            try:
                together.wait(10)
                said[number] = acts[number]()
            except Exception as error:
                said[number] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return said

    return run


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_the_same_moment_do_not_pass_a_limit_between_them(of_pages, arrives, analyst, two_looks_a_day, at_once):
    first = claimed(of_pages(1), analyst)[0]
    actions.grade(item=first, grade="C", by=analyst)
    others = [claimed(arrives(kind="web_page", place={"urls": [f"https://page.example/{n}"]}), analyst)[0] for n in range(3)]
    said = at_once([lambda item=item: actions.look_at_item(item=item, by=analyst) for item in others])
    assert sorted(type(one).__name__ for one in said) == ["LimitReached", "LimitReached", "str"]
    assert meter(analyst).looks == 2


@pytest.mark.django_db(transaction=True)
def test_a_break_at_the_same_moment_as_a_look_leaves_none_open(of_pages, analyst, at_once):
    item = claimed(of_pages(1), analyst)[0]
    at_once([lambda: actions.look_at_item(item=item, by=analyst), lambda: actions.take_break(by=analyst)])
    assert not Look.objects.exclude(open_since=None).exists()
    with transaction.atomic(), acting_as(analyst):
        assert Wellbeing.objects.get().on_break_since is not None
