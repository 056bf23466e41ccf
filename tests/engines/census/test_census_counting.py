"""The census's counting, by a plain calendar without bank holidays: 45 and 15 working days, 90 and 180 days."""

from datetime import date, timedelta

from tests.census_files import assessment, child, counts, enquiry, episode, judged, message, notes, plan

from havenline.engines.census import CLOCKS, Count, Drift

# Assessments


def test_an_assessment_authorised_on_its_due_day_is_in_time_and_a_day_later_late() -> None:
    found = judged(message(child("A1", episode(assessment("2025-05-01", "2025-07-03"), assessment("2025-05-01", "2025-07-04")))))
    assert counts(found, "assessment_45") == (1, 1, 0)
    (late,) = found.late_cases("assessment_45")
    assert (late.child, late.started, late.due, late.happened, late.working_days_late) == (
        "A1", date(2025, 5, 1), date(2025, 7, 3), date(2025, 7, 4), 1,
    )  # fmt: skip


def test_what_has_not_happened_is_late_once_its_due_date_lies_before_the_reference_date() -> None:
    text = message(child("A1", episode(assessment("2025-05-01"))), reference="{}")
    assert counts(judged(text.format("2025-07-03")), "assessment_45") == (0, 0, 1)
    found = judged(text.format("2025-07-04"))
    assert counts(found, "assessment_45") == (0, 1, 0)
    (late,) = found.late_cases("assessment_45")
    assert (late.happened, late.working_days_late) == (None, 1)


def test_working_days_late_pass_over_weekends() -> None:
    found = judged(message(child("A1", episode(enquiry("2025-05-02", "2025-05-24"), enquiry("2025-05-02", "2025-05-26")))))
    assert [case.working_days_late for case in found.late_cases("conference_15")] == [0, 1]  # due on a Friday; Saturday, Monday


def test_each_assessment_counts_from_its_own_start() -> None:
    found = judged(message(child("A1", episode(assessment("2025-05-01"), assessment("2025-06-02"), referral="2025-04-01"))))
    assert [case.started for case in found.cases()] == [date(2025, 5, 1), date(2025, 6, 2)]


def test_from_the_referral_an_episodes_first_assessment_counts_from_it_whatever_the_order_in_the_file() -> None:
    first = episode(assessment("2025-06-02"), assessment("2025-05-01"), referral="2025-04-28")
    text = message(child("A1", first, episode(assessment("2025-09-02"), referral="2025-09-01")))
    assert [case.started for case in judged(text, from_referral=True).cases()] == [date(2025, 6, 2), date(2025, 4, 28), date(2025, 9, 1)]


def test_from_a_referral_that_is_not_known_the_first_assessment_is_listed_and_not_counted() -> None:
    found = judged(message(child("A1", episode(assessment("2025-05-01"), referral="soon"))), from_referral=True)
    assert found.total.due == 0
    assert [element for _who, _line, element, _said in notes(found)] == ["CINreferralDate", "CINreferralDate"]


def test_an_end_before_its_start_counts_as_in_time_and_is_listed() -> None:
    found = judged(message(child("A1", episode(assessment("2025-05-01", "2025-04-01")))))
    assert counts(found, "assessment_45") == (1, 0, 0)
    assert notes(found) == [("A1", 2, "AssessmentAuthorisationDate", "2025-04-01")]


# Conferences


def test_a_conference_within_fifteen_working_days_is_in_time() -> None:
    found = judged(message(child("A1", episode(enquiry("2025-05-01", "2025-05-22"), enquiry("2025-05-01", "2025-05-23")))))
    assert counts(found, "conference_15") == (1, 1, 0)


def test_a_conference_that_is_not_required_is_not_due() -> None:
    found = judged(message(child("A1", episode(*(enquiry("2025-05-01", not_required=said) for said in ("true", "1", "TRUE"))))))
    assert found.total == Count(0, 0, 0, 0)
    assert notes(found) == []


def test_a_conference_dated_though_not_required_is_not_due_and_listed() -> None:
    found = judged(message(child("A1", episode(enquiry("2025-05-01", "2025-09-01", not_required="true")))))
    assert found.total.due == 0
    assert notes(found) == [("A1", 2, "DateOfInitialCPC", "2025-09-01")]


def test_the_episodes_own_conference_is_not_an_enquirys() -> None:
    found = judged(message(child("A1", episode("<DateOfInitialCPC>2025-05-20</DateOfInitialCPC>", enquiry("2025-05-01")))))
    assert counts(found, "conference_15") == (0, 1, 0)


# Reviews


def test_the_first_review_counts_from_the_plans_start_and_each_later_one_from_the_review_before() -> None:
    found = judged(message(child("A1", episode(plan("2025-01-01", "2025-04-01", "2025-09-28", "2026-03-28")))))
    assert [(case.clock, case.started, case.due, case.state) for case in found.cases()] == [
        ("first_review", date(2025, 1, 1), date(2025, 4, 1), "in_time"),
        ("later_review", date(2025, 4, 1), date(2025, 9, 28), "in_time"),
        ("later_review", date(2025, 9, 28), date(2026, 3, 27), "late"),
        ("later_review", date(2026, 3, 28), date(2026, 9, 24), "open"),
    ]


def test_reviews_count_in_the_order_of_their_dates() -> None:
    found = judged(message(child("A1", episode(plan("2025-10-01", "2026-03-01", "2025-12-01")))))
    assert [(case.clock, case.happened) for case in found.cases()][:2] == [
        ("first_review", date(2025, 12, 1)),
        ("later_review", date(2026, 3, 1)),
    ]


def test_a_plan_without_any_review_owes_its_first() -> None:
    assert counts(judged(message(child("A1", episode(plan("2025-12-01"))))), "first_review") == (0, 1, 0)
    assert counts(judged(message(child("A1", episode(plan("2026-03-01"))))), "first_review") == (0, 0, 1)


def test_a_review_that_did_not_happen_is_not_due_after_the_plans_end() -> None:
    assert judged(message(child("A1", episode(plan("2025-05-01", ended="2025-07-29"))))).total.due == 0  # due on 30 July
    assert judged(message(child("A1", episode(plan("2025-05-01", "2025-07-01", ended="2025-12-01"))))).count("later_review").due == 0


def test_a_review_that_did_not_happen_by_the_plans_end_though_it_was_due_is_late() -> None:
    found = judged(message(child("A1", episode(plan("2025-05-01", ended="2025-07-30")))))
    assert counts(found, "first_review") == (0, 1, 0)


def test_a_review_that_happened_counts_though_it_was_due_after_the_plans_end() -> None:
    found = judged(message(child("A1", episode(plan("2025-05-01", "2025-06-15", ended="2025-06-15")))))
    assert counts(found, "first_review") == (1, 0, 0)
    assert found.count("later_review").due == 0


def test_a_review_on_the_day_of_the_plans_start_or_before_is_no_review_of_it_and_is_listed() -> None:
    found = judged(message(child("A1", episode(plan("2025-12-01", "2025-12-01", "2024-01-01")))))
    assert counts(found, "first_review") == (0, 1, 0)
    assert sorted(said for _who, _line, _element, said in notes(found)) == ["2024-01-01", "2025-12-01"]


def test_a_review_that_stands_twice_counts_once_and_is_listed() -> None:
    found = judged(message(child("A1", episode(plan("2025-10-01", "2025-12-01", "2025-12-01")))))
    assert found.count("first_review").due + found.count("later_review").due == 2
    assert len(notes(found)) == 1


def test_a_plan_with_an_unreadable_review_is_listed_and_none_of_its_reviews_is_counted() -> None:
    found = judged(message(child("A1", episode(plan("2025-05-01", "2025-07-01", "soon")))))
    assert found.total.due == 0
    assert [element for _who, _line, element, _said in notes(found)] == ["CPPreviewDate", "CPPstartDate"]


def test_with_an_unreadable_end_reviews_that_happened_count_and_no_other_is_due() -> None:
    found = judged(message(child("A1", episode(plan("2025-05-01", "2025-07-01", ended="soon")))))
    assert counts(found, "first_review") == (1, 0, 0)
    assert found.count("later_review").due == 0


# What the calendar cannot tell


def test_a_clock_for_which_no_due_date_can_be_told_is_listed_and_not_counted() -> None:
    found = judged(message(child("A1", episode(assessment("2005-05-01", "2005-06-01"), assessment("2025-05-01", "2025-06-02")))))
    assert counts(found, "assessment_45") == (1, 0, 0)
    assert [(note.child, note.line, note.element, note.said, note.reason) for note in found.not_understood] == [
        ("A1", 2, "AssessmentActualStartDate", "2005-05-01", "starts no clock here")
    ]


# What is told of them


def test_months_are_those_of_the_due_dates_and_none_between_is_left_out() -> None:
    found = judged(
        message(child("A1", episode(enquiry("2025-05-01", "2025-05-22"), enquiry("2025-08-11", "2025-09-30"), enquiry("2026-03-20"))))
    )
    months = {one.month: one.count for one in found.by_month("conference_15")}
    assert list(months) == [f"2025-{month:02}" for month in range(5, 13)] + ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert months["2025-05"] == Count(1, 1, 0, 0)
    assert months["2025-09"] == Count(1, 0, 1, 0)
    assert months["2026-04"] == Count(1, 0, 0, 1)
    assert sum(one.due for one in months.values()) == found.count("conference_15").due


def test_drift_is_what_was_in_time_on_the_last_day_or_in_the_last_five_working_days() -> None:
    days = ("2025-05-22", "2025-05-21", "2025-05-16", "2025-05-15", "2025-05-23")  # due on Thursday 22 May
    found = judged(message(child("A1", episode(*(enquiry("2025-05-01", day) for day in days)))))
    assert found.drift("conference_15") == Drift(in_time=4, on_the_last_day=1, in_the_last_days=3)


def test_the_last_working_day_before_a_due_date_on_a_weekend_is_the_last_day() -> None:
    started = date(2025, 5, 4)  # due after 90 days, on Saturday 2 August
    found = judged(message(child("A1", episode(plan(started, date(2025, 8, 1))))))
    assert (started + timedelta(days=90)).weekday() == 5
    assert found.drift("first_review").on_the_last_day == 1


def test_days_used_are_working_days_for_assessments_and_calendar_days_for_reviews() -> None:
    two = (assessment("2025-05-01", "2025-05-08"), assessment("2025-05-01", "2025-12-01"))
    found = judged(message(child("A1", episode(*two, plan("2025-05-01", "2025-05-08")))))
    assert found.days_used("assessment_45") == {5: (1, 0), 152: (0, 1)}
    assert found.days_used("first_review") == {7: (1, 0)}
    assert (found.limit("assessment_45"), found.limit("first_review")) == ((45, 45), (90, 90))


def test_of_nothing_nothing_is_told() -> None:
    found = judged(message(child("A1")))
    for clock in CLOCKS:
        assert found.count(clock) == Count(0, 0, 0, 0)
        assert (found.by_month(clock), found.days_used(clock), found.limit(clock), list(found.late_cases(clock))) == ([], {}, None, [])
