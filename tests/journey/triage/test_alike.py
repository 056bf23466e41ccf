"""What is alike gets one decision: carried over to the same file, accepted unseen by a similar picture, and nothing rests on that alone."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.canonical import NotAnIdentifier, fingerprint
from havenline.foundation.identifiers.models import Identifier, Sighting
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.acting import acting_as
from havenline.foundation.sealing import copies
from havenline.foundation.search import queries as search
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage import actions, errors, exposure, offering, packages, queries
from havenline.journey.triage.alike import Found, alike
from havenline.journey.triage.models import Assessment
from havenline.journey.triage.standing import standing
from tests.journey.triage.conftest import SHA

pytestmark = pytest.mark.django_db
PDQ = random.Random(7).randbytes(32)


def apart(bits: int, of: bytes = PDQ) -> str:
    """A hash so many bits apart, as 64 digits."""
    number = int.from_bytes(of, "big")
    for at in random.Random(bits).sample(range(256), bits):
        number ^= 1 << at
    return number.to_bytes(32, "big").hex()


@pytest.fixture
def of_picture(arrives) -> Callable[..., ReportedItem]:
    """The item of a report that a platform sent by a perceptual hash."""

    def made(pdq: str = PDQ.hex(), *, quality: int | None = 90, sha256: str | None = None, kind: str = "other", **more) -> ReportedItem:
        report = arrives(kind=kind, platform={"pictures": [{"pdq": pdq, "quality": quality, "sha256": sha256}]}, **more)
        return report.items.get()

    return made


def graded(item: ReportedItem, grade: str, by) -> Assessment:
    actions.claim(report=item.report, by=by)
    return actions.grade(item=item, grade=grade, by=by)


def near(item: ReportedItem, by) -> Found:
    with acting_as(by):
        return alike(item, by=by)


def counts(item: ReportedItem) -> tuple[str, str, int | None] | None:
    found = standing(item)
    return (found.grade, found.how, found.distance) if found else None


# Finding


def test_items_within_31_bits_are_alike_and_none_beyond(of_picture, analyst):
    item = of_picture()
    others = {bits: of_picture(apart(bits)) for bits in (0, 1, 30, 31, 32, 40)}
    found = near(item, analyst)
    assert [(one.item, one.distance) for one in found.alike] == [(others[bits], bits) for bits in (0, 1, 30, 31)]
    assert found.searched == 6


def test_the_same_file_is_alike_whatever_its_perceptual_hash(of_picture, arrives, analyst):
    item = of_picture(sha256=SHA)
    exact = arrives(kind="other", platform={"hashes": [SHA]}).items.get()
    [one] = near(item, analyst).alike
    assert (one.item, one.is_same, one.distance) == (exact, True, None)


def test_a_picture_with_too_little_in_it_is_never_matched_by_itself(of_picture, analyst):
    item = of_picture()
    of_picture(apart(2), quality=49)
    of_picture("00" * 32)
    assert near(item, analyst).alike == []
    for poor in (of_picture(apart(3), quality=10), of_picture("ff" * 32)):
        assert near(poor, analyst).too_little


def test_only_open_reports_that_this_person_may_see_are_searched(of_picture, analyst):
    from tests import factories

    item = of_picture()
    closed = of_picture(apart(4))
    Report.objects.filter(pk=closed.report_id).update(waits_since=None)
    stranger = factories.member("analyst", factories.agency("hotline", "Another hotline"), "Sasha Lane")
    assert near(item, analyst).alike == []
    of_picture(apart(5))
    assert len(near(item, analyst).alike) == 1
    assert near(item, stranger).searched == 0


def test_what_is_alike_is_found_with_as_many_queries_however_many_there_are(of_picture, analyst):
    item = of_picture()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            near(item, analyst)
        return len(captured)

    of_picture(apart(1))
    assert item.pdq
    few = asked()
    for bits in range(2, 9):
        of_picture(apart(bits))
    assert asked() == few


# Giving


def test_one_grade_is_carried_over_to_the_same_file_and_accepted_unseen_by_similar_ones(of_picture, analyst):
    item, same, similar, far = of_picture(sha256=SHA), of_picture(apart(9), sha256=SHA), of_picture(apart(12)), of_picture(apart(40))
    graded(item, "B", analyst)
    given = actions.give_to_alike(item=item, by=analyst)
    assert (given.carried, given.unseen) == (1, 1)
    assert counts(same) == ("B", "carried", None)
    assert counts(similar) == ("B", "unseen", 12)
    assert counts(far) is None
    with acting_as(analyst):
        assert (exposure.meter_of(analyst).looks, exposure.meter_of(analyst).spared) == (1, 2)


def test_not_illegal_goes_to_the_same_file_alone(of_picture, analyst):
    item, same, similar = of_picture(sha256=SHA), of_picture(apart(0), sha256=SHA), of_picture(apart(1))
    graded(item, "N", analyst)
    actions.give_to_alike(item=item, by=analyst)
    assert counts(same) == ("N", "carried", None)
    assert counts(similar) is None


def test_nothing_is_given_that_nobody_looked_at(of_picture, analyst, second_analyst):
    item, similar, further = of_picture(), of_picture(apart(10)), of_picture(apart(15, bytes.fromhex(apart(10))))
    with pytest.raises(errors.NotClaimed):
        actions.give_to_alike(item=item, by=analyst)
    actions.claim(report=item.report, by=analyst)
    with pytest.raises(errors.CannotGive, match="Look at this item"):
        actions.give_to_alike(item=item, by=analyst)
    actions.grade(item=item, grade="A", by=analyst)
    actions.give_to_alike(item=item, by=analyst)
    assert counts(similar) == ("A", "unseen", 10)
    before = Assessment.objects.count()
    actions.claim(report=similar.report, by=second_analyst)
    with pytest.raises(errors.CannotGive):  # a likeness of a likeness
        actions.give_to_alike(item=similar, by=second_analyst)
    assert Assessment.objects.count() == before
    assert further


@pytest.mark.parametrize("grade", ["U", "X"])
def test_unsure_and_cannot_be_assessed_are_given_to_nobody(of_picture, analyst, grade):
    item = of_picture()
    of_picture(apart(3))
    graded(item, grade, analyst)
    with pytest.raises(errors.CannotGive):
        actions.give_to_alike(item=item, by=analyst)


def test_what_has_a_grade_or_is_read_by_somebody_else_is_left_alone(of_picture, analyst, second_analyst):
    item, has_one, is_read, doubted, free = (of_picture(apart(bits)) for bits in (0, 2, 4, 6, 8))
    graded(has_one, "C", second_analyst)
    actions.release(report=has_one.report, by=second_analyst)
    graded(doubted, "U", second_analyst)
    actions.release(report=doubted.report, by=second_analyst)
    actions.claim(report=is_read.report, by=second_analyst)
    graded(item, "A", analyst)
    assert actions.give_to_alike(item=item, by=analyst).unseen == 1
    assert [counts(one) and counts(one)[0] for one in (has_one, is_read, doubted, free)] == ["C", None, None, "A"]


def test_each_report_has_an_entry_of_what_it_was_given(of_picture, analyst):
    item, other = of_picture(), of_picture(apart(5))
    graded(item, "B", analyst)
    actions.give_to_alike(item=item, by=analyst)
    assert Entry.objects.filter(record=other.report.reference, body__contains='"gave a grade to what is alike"').count() == 1


def test_it_can_be_taken_back_for_a_minute_and_later_by_a_new_grade(of_picture, analyst, second_analyst, on_wednesday):
    item, other = of_picture(), of_picture(apart(5))
    graded(item, "B", analyst)
    given = actions.give_to_alike(item=item, by=analyst)
    with pytest.raises(errors.TooLateToTakeBack):
        actions.take_back_from_alike(given=given, by=second_analyst)
    with moment.standing_at(on_wednesday + timedelta(seconds=30)):
        assert actions.take_back_from_alike(given=given, by=analyst) == 0
    assert counts(other) is None
    with acting_as(analyst):
        assert exposure.meter_of(analyst).spared == 0
    given = actions.give_to_alike(item=item, by=analyst)
    with moment.standing_at(on_wednesday + timedelta(minutes=2)):
        with pytest.raises(errors.TooLateToTakeBack, match="Grade the item again"):
            actions.take_back_from_alike(given=given, by=analyst)
        graded(other, "C", second_analyst)
    assert counts(other) == ("C", "looked", None)


def test_what_was_decided_meanwhile_stays(of_picture, analyst, second_analyst, police, investigator):
    item, other = of_picture(sha256=SHA), of_picture(apart(2), sha256=SHA)
    graded(item, "B", analyst)
    given = actions.give_to_alike(item=item, by=analyst)
    actions.claim(report=other.report, by=second_analyst)
    actions.decide(report=other.report, by=second_analyst, reason="Known.", could_be_read="no", police=police)
    assert actions.take_back_from_alike(given=given, by=analyst) == 1
    assert counts(other) == ("B", "carried", None)


# What rests on it


def test_no_referral_to_police_rests_on_a_likeness_alone(of_picture, analyst, police, investigator):
    item, other = of_picture(), of_picture(apart(7))
    graded(item, "A", analyst)
    actions.give_to_alike(item=item, by=analyst)
    actions.claim(report=other.report, by=analyst)
    with pytest.raises(errors.NotReadyToDecide, match="likeness alone starts no act against a person"):
        actions.decide(report=other.report, by=analyst, reason="Known.", could_be_read="no", police=police)
    actions.grade(item=other, grade="A", by=analyst)
    assert actions.decide(report=other.report, by=analyst, reason="Known.", could_be_read="no", police=police)


def test_what_somebody_told_of_a_contact_goes_to_police_with_what_was_accepted_unseen_called_so(of_picture, analyst, police, investigator):
    item, other = of_picture(), of_picture(apart(7), kind="contact")
    graded(item, "A", analyst)
    actions.give_to_alike(item=item, by=analyst)
    actions.claim(report=other.report, by=analyst)
    assert actions.decide(report=other.report, by=analyst, reason="They asked to meet.", could_be_read="no", police=police)
    [said] = packages.to_police(other.report, reason="", decided_by=analyst, assessed=True)["items"]
    assert said["note"].startswith("accepted unseen: 7 of 256 bits")


def test_what_was_accepted_unseen_is_known_to_no_other_report(of_picture, analyst):
    item, other = of_picture(), of_picture(apart(7), sha256=SHA)
    graded(item, "A", analyst)
    actions.give_to_alike(item=item, by=analyst)
    assert counts(other) == ("A", "unseen", 7)
    again = of_picture(apart(60), sha256=SHA)
    with acting_as(analyst):
        [view] = queries.items(again.report, by=analyst).views
        assert (view.known.is_known, view.known.offer) == (False, None)
        assert Report.objects.filter(offering.needs_a_look(), pk=again.report_id).exists()
    actions.claim(report=again.report, by=analyst)
    with pytest.raises(errors.CannotCarryOver):
        actions.carry_over(item=again, earlier=standing(other), by=analyst)


# The hash is guarded


def test_a_perceptual_hash_is_seen_nowhere_but_with_its_item(of_picture, analyst, signed_in):
    item = of_picture()
    assert not Sighting.objects.filter(identifier__kind="pdq").exists()
    assert item.identifier.shown == fingerprint(PDQ.hex())
    with pytest.raises(NotAnIdentifier):
        identifiers.see(record=item.report.record, kind="pdq", raw=PDQ.hex(), source="typed", by=analyst)
    with acting_as(analyst):
        assert search.find(PDQ.hex(), by=analyst) == []
        package = packages.to_police(item.report, reason="", decided_by=analyst, assessed=True)
    assert PDQ.hex() not in str(package)
    actions.claim(report=item.report, by=analyst)
    browser = signed_in(analyst)
    for name, numbers in (("report", []), ("alike", [1])):
        page = browser.get(reverse(f"triage:{name}", args=[item.report.reference, *numbers])).content.decode()
        assert PDQ.hex() not in page
        assert fingerprint(PDQ.hex()) in page
    assert PDQ.hex() not in browser.post(reverse("triage:look", args=[item.report.reference, 1])).content.decode()
    assert not any(PDQ.hex() in entry.body for entry in Entry.objects.all())


def test_an_erased_report_is_parted_from_its_perceptual_hash(of_picture, arrives):
    item, kept = of_picture(sha256=SHA), of_picture(apart(3))
    copies.destroy(item.report.reference, item.report_id)
    item.refresh_from_db()
    assert item.pdq.canonical.startswith("erased")
    assert not Identifier.objects.filter(canonical=PDQ.hex()).exists()
    assert kept.pdq.canonical == apart(3)


# The page


def test_the_page_gives_the_grade_and_takes_it_back(of_picture, analyst, signed_in, on_wednesday):
    item, other = of_picture(), of_picture(apart(5))
    graded(item, "B", analyst)
    browser = signed_in(analyst)
    here = reverse("triage:alike", args=[item.report.reference, 1])
    page = browser.get(here).content.decode()
    assert "5 of 256 bits apart" in page
    assert "Give Grade B to 1 item" in page
    page = browser.post(reverse("triage:give_to_alike", args=[item.report.reference, 1]), follow=True).content.decode()
    assert "1 accepted unseen" in page
    assert "Take it back" in page
    given = item.assessments.get().given_on.get()
    browser.post(reverse("triage:take_back_from_alike", args=[item.report.reference, 1]), {"given": given.pk})
    assert counts(other) is None


def test_the_page_needs_a_reason_to_read_the_report(of_picture, analyst, signed_in):
    item = of_picture()
    answer = signed_in(analyst).get(reverse("triage:alike", args=[item.report.reference, 1]))
    assert (answer.status_code, answer.url) == (302, reverse("triage:report", args=[item.report.reference]))
