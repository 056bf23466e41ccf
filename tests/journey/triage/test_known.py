"""What is already known stands before anything is opened: one key accepts it, by how sure it is, and what is withdrawn is answered anew."""

import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.lists.queries import where_matched
from havenline.foundation.people.acting import acting_as
from havenline.foundation.recognition.known import Stands
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage import actions, errors, exposure, offering, packages, queries, tasks
from havenline.journey.triage.actions.deciding import carry_out
from havenline.journey.triage.models import Assessment, Decision
from havenline.journey.triage.standing import standing
from tests import factories

pytestmark = pytest.mark.django_db
SHA, MD5, SHA1 = "5a" * 32, "c4" * 16, "d7" * 20
PDQ = random.Random(84).randbytes(32)


def apart(bits: int) -> str:
    """A hash so many bits from PDQ, as 64 digits."""
    number = int.from_bytes(PDQ, "big")
    for at in random.Random(bits).sample(range(256), bits):
        number ^= 1 << at
    return number.to_bytes(32, "big").hex()


@pytest.fixture
def run_tasks() -> Callable[[], None]:
    """What the worker does after a withdrawal; twice, since it may be killed in between."""

    def run() -> None:
        for one in DBTaskResult.objects.filter(task_path__endswith="triage.tasks.read_again"):
            tasks.read_again.func(*one.args_kwargs["args"])
            tasks.read_again.func(*one.args_kwargs["args"])

    return run


def put(known_list: KnownList, signal: str, value: str, **said: object) -> ListEntry:
    new = [lists.NewEntry(signal, value, **said)]  # type: ignore[arg-type]
    return lists.add_entries(known_list=known_list, new=new, by=INSTALLATION).entries[0]


def view_of(item: ReportedItem, by) -> queries.ItemView:
    with acting_as(by):
        [found] = [one for one in queries.items(item.report, by=by).views if one.item.pk == item.pk]
    return found


def accept(item: ReportedItem, by) -> Assessment:
    actions.claim(report=item.report, by=by)
    return actions.accept(item=item, offered=view_of(item, by).known.offer.token, by=by)


def decide(item: ReportedItem, by, **chosen) -> Decision:
    """Decided, and carried out."""
    chosen = chosen or {"close": True}
    decision = actions.decide(report=item.report, by=by, reason="Known here.", could_be_read="no", answer="Thank you.", **chosen)
    with moment.standing_at(moment.now() + timedelta(minutes=2)):
        return carry_out(decision=decision)


def looked_at(item: ReportedItem, grade: str, by) -> Assessment:
    actions.claim(report=item.report, by=by)
    return actions.grade(item=item, grade=grade, by=by)


# What is shown, and how sure it is


def test_the_same_sha256_on_our_own_list_is_graded_without_a_look(ours, follow, reported, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    known = view_of(item, analyst).known
    assert [(one.entry, one.is_exact, one.claimed_by) for one in known.listed] == [(entry, True, "")]
    made = accept(item, analyst)
    assert (made.grade, made.how, made.entry) == ("B", "carried", entry)
    assert standing(item) == made
    with acting_as(analyst):
        assert (exposure.meter_of(analyst).looks, exposure.meter_of(analyst).spared) == (0, 1)
    assert Entry.objects.filter(record=item.report.reference, body__contains="accepted what is known").count() == 1


@pytest.mark.parametrize("digest", [MD5, SHA1])
def test_the_same_md5_or_sha1_is_a_suggestion_alone(ours, follow, reported, analyst, digest):
    put(ours, "md5" if digest == MD5 else "sha1", digest, grade="A")
    follow()
    item = reported(hashes=[digest])
    made = accept(item, analyst)
    assert (made.grade, made.how, made.distance, made.was_seen) == ("A", "unseen", None, False)


def test_a_similar_one_is_accepted_unseen_with_its_distance(ours, follow, reported, analyst):
    put(ours, "pdq", apart(12), quality=90, grade="C")
    put(ours, "pdq", apart(20), quality=90, grade="A")
    follow()
    item = reported(pdq=PDQ.hex())
    assert [one.hit.distance for one in view_of(item, analyst).known.listed] == [12, 20]
    made = accept(item, analyst)
    assert (made.grade, made.how, made.distance) == ("C", "unseen", 12)


def test_what_is_farther_than_31_bits_or_has_too_little_in_it_is_not_known(ours, follow, reported, analyst):
    put(ours, "pdq", apart(32), quality=90, grade="C")
    follow()
    assert not view_of(reported(pdq=PDQ.hex()), analyst).known.is_known
    assert not view_of(reported(pdq=apart(32), quality=20), analyst).known.is_known


def test_what_another_body_says_is_claimed_by_it_until_it_is_confirmed_here(theirs, follow, reported, analyst):
    entry = put(theirs, "sha256", SHA, claimed_grade="A1")
    follow()
    item = reported(sha256=SHA)
    known = view_of(item, analyst).known
    assert ([(one.claimed_by, one.grade_in_words) for one in known.listed], known.offer) == ([("Their hashes", "A1")], None)
    lists.grade(entry=entry, grade="B", by=analyst)
    follow()
    assert not view_of(item, analyst).known.offer.is_exact
    lists.confirm(entry=entry, by=analyst)
    follow()
    known = view_of(item, analyst).known
    assert (known.listed[0].claimed_by, known.offer.is_exact, known.offer.grade) == ("", True, "B")


def test_the_list_of_another_agency_is_its_word_and_not_ours(follow, reported, analyst, hotline):
    other = factories.agency("hotline", "Another hotline")
    shared = lists.make_list(name="Shared hashes", kind="hash", origin="own", agency=other, by=INSTALLATION)
    put(shared, "sha256", SHA, grade="B")
    reader = lists.let_read(known_list=shared, agency=hotline, may_see=True, may_match=True, by=INSTALLATION)
    follow()
    item = reported(sha256=SHA)
    known = view_of(item, analyst).known
    assert (known.listed[0].claimed_by, known.offer.is_exact) == ("Another hotline", False)
    assert accept(item, analyst).how == "unseen"
    lists.end_reader(reader=reader, by=INSTALLATION)
    assert not view_of(reported(sha256=SHA), analyst).known.is_known


@pytest.mark.parametrize("may", [{}, {"may_see": True}, {"may_match": True}, {"may_be_sent": True}])
def test_a_list_that_may_not_be_seen_and_matched_looks_like_nothing(follow, reported, analyst, hotline, may):
    other = factories.agency("hotline", "Another hotline")
    hidden = lists.make_list(name="Hidden hashes", kind="hash", origin="own", agency=other, by=INSTALLATION)
    put(hidden, "sha256", SHA, grade="B")
    if may:
        lists.let_read(known_list=hidden, agency=hotline, by=INSTALLATION, **may)
    follow()
    item = reported(sha256=SHA)
    assert not view_of(item, analyst).known.is_known
    with acting_as(analyst):
        assert queries.items(item.report, by=analyst).recognised.searched == 0


def test_an_address_is_known_whole_by_its_beginning_and_by_its_host_and_never_accepted(hotline, follow, reported, analyst):
    addresses = lists.make_list(name="Our addresses", kind="url", origin="own", agency=hotline, by=INSTALLATION)
    put(addresses, "url", "https://host.example/a/", grade="B")
    put(addresses, "url", "https://host.example/a/b", grade="C")
    put(addresses, "host", "host.example", grade="C")
    follow()
    known = view_of(reported(urls=["https://host.example/a/b"]), analyst).known
    assert [one.fits for one in known.listed] == ["exact", "the beginning of its address", "its host"]
    assert known.offer is None


def test_grades_that_contradict_each_other_are_looked_at(ours, follow, reported, analyst):
    looked_at(reported(sha256=SHA), "N", analyst)
    put(ours, "sha256", SHA, grade="B")
    follow()
    known = view_of(reported(sha256=SHA), analyst).known
    assert (known.differs, known.offer) == (True, None)


def test_not_illegal_hides_nothing_but_the_same_sha256(ours, follow, reported, analyst):
    looked_at(reported(pdq=PDQ.hex(), sha256=SHA), "N", analyst)
    looked_at(reported(hashes=[MD5]), "N", analyst)
    follow()
    assert not view_of(reported(pdq=apart(1)), analyst).known.is_known
    assert not view_of(reported(hashes=[MD5]), analyst).known.is_known
    assert view_of(reported(sha256=SHA), analyst).known.offer.grade == "N"


def test_an_item_of_which_somebody_was_unsure_is_offered_to_nobody(ours, follow, reported, analyst):
    put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    looked_at(item, "U", analyst)
    assert view_of(item, analyst).known.offer is None


def test_what_was_decided_then_stands_beside_it(reported, follow, analyst):
    first = reported(sha256=SHA)
    looked_at(first, "B", analyst)
    decide(first, analyst)
    follow()
    known = view_of(reported(sha256=SHA), analyst).known
    assert [(one.decided.words, one.decided.who) for one in known.earlier] == [("closed", analyst.short_name)]
    assert [(one.report.reference, one.decided.words) for one in known.listed] == [(first.report.reference, "closed")]


def test_where_there_is_no_index_the_screen_says_so_and_earlier_reports_are_known(home, reported, client, analyst):
    looked_at(reported(sha256=SHA), "B", analyst)
    item = reported(sha256=SHA)
    with acting_as(analyst):
        found = queries.items(item.report, by=analyst)
    assert (found.recognised.stands, found.views[0].known.offer.grade) == (Stands.NOT_READY, "B")


def test_an_index_that_cannot_be_read_is_made_anew_and_fails_nothing(ours, follow, home, reported, analyst):
    put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    for file in home.current.rglob("*"):
        if file.is_file():
            file.write_bytes(b"no index")
    with acting_as(analyst):
        assert queries.items(item.report, by=analyst).recognised.stands == Stands.NOT_READY
    assert home.is_damaged


def test_an_index_that_nobody_follows_says_so(ours, follow, home, reported, analyst):

    follow()
    os.utime(home.folder / "followed", (1, 1))
    with acting_as(analyst):
        assert queries.items(reported(sha256=SHA).report, by=analyst).recognised.is_stale


def test_it_costs_as_many_questions_however_many_items_there_are(ours, follow, arrives, analyst):
    digests = [f"{n:064x}" for n in range(1, 13)]
    for digest in digests:
        put(ours, "sha256", digest, grade="B")
    follow()

    def asked(report: Report) -> int:
        with acting_as(analyst), CaptureQueriesContext(connection) as captured:
            assert queries.items(report, by=analyst).exact
        return len(captured)

    one = arrives(kind="other", platform={"hashes": digests[:1]})
    many = arrives(kind="other", platform={"hashes": digests})
    assert asked(many) == asked(one)


# Accepting


def test_all_that_is_known_exactly_is_accepted_in_one_act(ours, follow, arrives, analyst):
    put(ours, "sha256", SHA, grade="B")
    put(ours, "md5", MD5, grade="C")
    follow()
    earlier = arrives(kind="other", platform={"hashes": ["6b" * 32]}).items.get()
    looked_at(earlier, "N", analyst)
    report = arrives(kind="other", platform={"hashes": [SHA, MD5, "6b" * 32]})
    actions.claim(report=report, by=analyst)
    made = actions.accept_all_exact(report=report, by=analyst)
    assert sorted((one.grade, one.how) for one in made) == [("B", "carried"), ("N", "carried")]
    with pytest.raises(errors.CannotAccept):
        actions.accept_all_exact(report=report, by=analyst)


def test_nothing_else_is_accepted_than_what_the_page_showed(ours, follow, reported, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    actions.claim(report=item.report, by=analyst)
    with pytest.raises(errors.CannotAccept):
        actions.accept(item=item, offered="grade-1", by=analyst)
    lists.withdraw(entry=entry, by=INSTALLATION)  # and the index has not heard of it yet
    with pytest.raises(errors.CannotAccept):
        actions.accept(item=item, offered=f"entry-{entry.pk}", by=analyst)


def test_whoever_does_not_hold_the_report_accepts_nothing(ours, follow, reported, analyst):
    put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    with pytest.raises(errors.NotClaimed):
        actions.accept(item=item, offered=view_of(item, analyst).known.offer.token, by=analyst)
    with pytest.raises(errors.NotClaimed):
        actions.accept_all_exact(report=item.report, by=analyst)


def test_an_item_that_is_listed_here_needs_no_look(ours, theirs, reported, analyst):
    item, other = reported(sha256=SHA), reported(sha256="6b" * 32)
    put(ours, "sha256", SHA, grade="B")
    put(theirs, "sha256", "6b" * 32, claimed_grade="A1")
    needs = set(Report.objects.filter(offering.needs_a_look()).values_list("pk", flat=True))
    assert needs & {item.report_id, other.report_id} == {other.report_id}


# Listing


def test_what_was_looked_at_and_graded_is_listed_when_it_is_decided(reported, analyst, hotline):
    item = reported(pdq=PDQ.hex(), quality=80, sha256=SHA)
    looked_at(item, "B", analyst)
    decide(item, analyst)
    entries = ListEntry.objects.filter(known_list__agency=hotline)
    assert {(one.signal, one.value, one.grade, one.quality) for one in entries} == {
        ("sha256", SHA, "B", None),
        ("pdq", PDQ.hex(), "B", 80),
    }
    assert {(one.record_id, one.shareable_from, one.added_by) for one in entries} == {(item.report_id, None, analyst)}


def test_it_goes_on_the_own_list_that_stands_and_an_address_on_one_of_addresses(ours, reported, analyst, hotline):
    for item in (reported(sha256=SHA), reported(urls=["https://host.example/a"])):
        looked_at(item, "C", analyst)
        decide(item, analyst)
    assert ListEntry.objects.get(signal="sha256").known_list == ours
    assert ListEntry.objects.get(signal="url").known_list.kind == "url"
    assert KnownList.objects.filter(agency=hotline).count() == 2


@pytest.mark.parametrize("grade", ["N", "X"])
def test_what_is_not_illegal_or_cannot_be_assessed_is_listed_nowhere(reported, analyst, grade):
    item = reported(sha256=SHA)
    looked_at(item, grade, analyst)
    decide(item, analyst)
    assert not ListEntry.objects.exists()


def test_what_was_accepted_unseen_lists_nothing(ours, follow, reported, analyst):
    put(ours, "pdq", apart(9), quality=90, grade="B")
    follow()
    item = reported(pdq=PDQ.hex(), sha256=SHA)
    accept(item, analyst)
    decide(item, analyst)
    assert ListEntry.objects.count() == 1


def test_what_was_accepted_unseen_starts_no_act_against_a_person(ours, follow, reported, analyst, everybody, police):
    put(ours, "md5", MD5, grade="B")
    follow()
    item = reported(hashes=[MD5])
    accept(item, analyst)
    with pytest.raises(errors.NotReadyToDecide, match="a likeness alone"):
        decide(item, analyst, police=police)
    assert "nobody looked" in str(packages.to_police(item.report, reason="", decided_by=analyst, assessed=True))


def test_police_hold_what_came_from_their_report_back(reported, analyst, everybody, police):
    item = reported(sha256=SHA)
    looked_at(item, "B", analyst)
    decide(item, analyst, police=police)
    with moment.standing_at(moment.now() + timedelta(days=2)):
        assert lists.release_todays_batch() == 0
    assert ListEntry.objects.get(signal="sha256").shareable_from is None


# Withdrawn


def test_a_withdrawn_entry_is_answered_anew_and_its_reports_wait_to_be_read_again(ours, follow, reported, analyst, run_tasks):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    decide(item, analyst)
    assert Report.objects.get(pk=item.report_id).waits_since is None
    lists.withdraw(entry=entry, by=INSTALLATION)
    run_tasks()
    follow()
    assert Report.objects.get(pk=item.report_id).waits_since is not None
    assert standing(item) is None
    view = view_of(item, analyst)
    assert (view.withdrawn.entry, view.known.offer, view.counts) == (entry, None, None)
    with acting_as(analyst):
        assert "Withdrawn since" in [row.why for group in queries.queue(analyst).groups for row in group.rows]


def test_what_is_withdrawn_where_no_report_may_be_read_is_answered_anew_by_the_worker(ours, follow, reported, analyst, run_tasks, settings):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    decision = actions.decide(report=item.report, by=analyst, reason="Known here.", could_be_read="no", close=True)
    settings.READS_REPORTS = False  # a key withdraws it, of the match role
    lists.withdraw(entry=entry, by=INSTALLATION)
    [left] = DBTaskResult.objects.filter(task_path__endswith="triage.tasks.let_count_no_more")
    with moment.standing_at(moment.now() + timedelta(minutes=2)):  # the minute comes before the task
        assert carry_out(decision=decision).carried_out_at is None
    for _time in range(2):
        tasks.let_count_no_more.func(*left.args_kwargs["args"])
    run_tasks()
    assert standing(item) is None
    assert Report.objects.get(pk=item.report_id).waits_since is not None


def test_an_entrys_page_says_which_reports_were_recognised_by_it_to_whoever_may_see_them(ours, follow, reported, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    with acting_as(analyst):
        assert [one["title"] for one in where_matched(entry, by=analyst)] == [f"Item {item.number} of {item.report.reference}"]
    elsewhere = factories.member("analyst", factories.agency("hotline", "Another Hotline"))
    with acting_as(elsewhere):
        assert where_matched(entry, by=elsewhere) == []


def test_what_was_decided_and_has_not_left_is_taken_back(ours, follow, reported, analyst, run_tasks):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    decision = actions.decide(report=item.report, by=analyst, reason="Known here.", could_be_read="no", close=True)
    lists.withdraw(entry=entry, by=INSTALLATION)
    with moment.standing_at(moment.now() + timedelta(minutes=2)):  # whichever comes first, the task or the minute
        decision = carry_out(decision=decision)
    assert (decision.carried_out_at, bool(decision.taken_back_at), "withdrawn" in decision.problem) == (None, True, True)
    run_tasks()
    assert Decision.objects.count() == 1


def test_what_was_carried_on_from_it_falls_with_it(ours, follow, reported, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    first, second = reported(sha256=SHA), reported(sha256=SHA)
    made = accept(first, analyst)
    actions.claim(report=second.report, by=analyst)
    actions.carry_over(item=second, earlier=made, by=analyst)
    lists.withdraw(entry=entry, by=INSTALLATION)
    assert (standing(first), standing(second)) == (None, None)


def test_an_address_that_only_leads_nowhere_any_more_was_no_mistake(ours, follow, reported, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    made = accept(item, analyst)
    lists.withdraw(entry=entry, because=ListEntry.Because.GONE, by=INSTALLATION)
    assert standing(item) == made


def test_a_look_stands_whatever_is_withdrawn_but_is_offered_to_nobody_from_then_on(reported, follow, analyst, hotline):
    first = reported(sha256=SHA)
    looked = looked_at(first, "B", analyst)
    decide(first, analyst)
    carried = reported(sha256=SHA)
    actions.claim(report=carried.report, by=analyst)
    actions.carry_over(item=carried, earlier=looked, by=analyst)
    lists.withdraw(entry=ListEntry.objects.get(signal="sha256"), by=INSTALLATION)
    follow()
    later = reported(sha256=SHA)
    known = view_of(later, analyst).known
    assert (known.offer, [bool(one.withdrawn_at) for one in known.earlier]) == (None, [True])
    actions.claim(report=later.report, by=analyst)
    with pytest.raises(errors.CannotCarryOver, match="withdrawn since"):
        actions.carry_over(item=later, earlier=looked, by=analyst)
    assert (standing(first), standing(carried)) == (looked, None)


def test_what_is_graded_anew_after_a_withdrawal_stands(ours, follow, reported, analyst, run_tasks):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    lists.withdraw(entry=entry, by=INSTALLATION)
    run_tasks()
    made = actions.grade(item=item, grade="N", by=analyst)
    assert standing(item) == made
    assert decide(item, analyst).carried_out_at is not None


# On the screen


@pytest.fixture
def at_desk(signed_in, analyst):
    return signed_in(analyst)


def page_of(client, item: ReportedItem) -> str:
    return client.get(reverse("triage:report", args=[item.report.reference])).content.decode()


def test_the_page_shows_it_before_anything_is_opened_and_one_key_accepts_it(ours, follow, reported, at_desk, analyst):
    put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    actions.claim(report=item.report, by=analyst)
    page = page_of(at_desk, item)
    assert "Our hashes, exact: Grade B" in " ".join(page.split())
    assert 'data-key="y"' in page
    offered = view_of(item, analyst).known.offer.token
    answer = at_desk.post(reverse("triage:accept", args=[item.report.reference, 1]), {"offered": offered}, follow=True)
    assert "Nothing: recognised" in answer.content.decode()


def test_the_page_says_where_lists_could_not_be_asked(home, reported, at_desk, analyst):
    item = reported(sha256=SHA)
    actions.claim(report=item.report, by=analyst)
    assert "Lists could not be asked" in page_of(at_desk, item)


def test_the_page_says_that_it_was_withdrawn_since(ours, follow, reported, at_desk, analyst):
    entry = put(ours, "sha256", SHA, grade="B")
    follow()
    item = reported(sha256=SHA)
    accept(item, analyst)
    lists.withdraw(entry=entry, by=INSTALLATION)
    assert "Withdrawn since" in page_of(at_desk, item)


def test_one_press_accepts_all_that_is_exact(ours, follow, arrives, at_desk, analyst):
    put(ours, "sha256", SHA, grade="B")
    put(ours, "sha256", "6b" * 32, grade="C")
    follow()
    report = arrives(kind="other", platform={"hashes": [SHA, "6b" * 32]})
    actions.claim(report=report, by=analyst)
    answer = at_desk.post(reverse("triage:accept_all", args=[report.reference]), follow=True)
    assert "2 items recognised: no look was needed." in answer.content.decode()
    refused = at_desk.post(reverse("triage:accept_all", args=[report.reference]))
    assert refused.status_code == 422
