"""Each component says in words what it draws."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from havenline.engines.procedure.periods import explain_period
from havenline.site.look.parties import PARTIES
from havenline.site.look.ribbon import ribbon

NO_STYLE = re.compile(r"<[^>]+\sstyle\s*=")


def render(source: str, **context: object) -> str:
    html = Template("{% load look %}" + source).render(Context(context))
    assert not NO_STYLE.search(html)
    return html


def words(html: str) -> str:
    """What is left for a reader when the tags are gone."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class Where(forms.Form):
    where = forms.ChoiceField(
        label="Where did it happen?",
        help_text="Choose the first place",
        choices=[("game", "In a game"), ("unknown", "I don’t know")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it happened"},
    )
    why = forms.CharField(error_messages={"required": "Enter why"}, max_length=3)


# Shapes


@pytest.mark.parametrize("kind", PARTIES)
def test_a_shape_says_its_party(kind):
    assert f'role="img" aria-label="{PARTIES[kind].name}"' in render("{% shape kind %}", kind=kind)


@pytest.mark.parametrize("kind", PARTIES)
def test_what_has_not_happened_is_drawn_otherwise_and_said(kind):
    happened, not_yet = render("{% shape kind %}", kind=kind), render("{% shape kind 'not yet' %}", kind=kind)
    assert "not yet" in not_yet
    assert happened.split("is-happened")[1] != not_yet.split("is-not-yet")[1]


def test_no_two_parties_of_a_case_share_a_shape():
    drawn = {kind: PARTIES[kind].shape for kind in PARTIES if kind != "platform"}  # a platform is a host that reports
    assert len(set(drawn.values())) == len(drawn)


def test_a_shape_beside_a_name_is_not_read_twice():
    html = render("{% party_name 'police' 'D. Amara' %}")
    assert 'aria-hidden="true"' in html
    assert words(html) == "D. Amara"


def test_a_kind_that_nobody_drew_is_refused_rather_than_drawn_wrong():
    with pytest.raises(ValueError, match="no shape stands for 'bakery'"):
        render("{% shape 'bakery' %}")


def test_a_badge_takes_an_agency_or_a_dict():
    for agency in (SimpleNamespace(kind="police", name="Northmere Police"), {"kind": "police", "name": "Northmere Police"}):
        assert words(render("{% party agency %}", agency=agency)) == "Northmere Police"


def test_a_name_cannot_bring_markup():
    assert "<b>" not in render("{% party_name 'police' name %}", name="<b>D.</b>")


# The line

LINE = [
    {"party": "reporter", "title": "You told us", "detail": "Today", "state": "happened"},
    {"party": "hotline", "title": "Being read", "state": "now"},
    {"party": "police", "title": "Police", "state": "not yet"},
]


def test_the_line_is_an_ordered_list_that_says_each_state():
    html = render("{% line stations %}", stations=LINE)
    assert html.count("<li") == 3
    assert words(html) == "Reporter: You told us Today Hotline, now: Being read Police, not yet: Police"


def test_the_line_is_drawn_through_to_where_it_has_come():
    html = render("{% line stations %}", stations=LINE)
    assert html.count("leads-on") == 1
    assert 'aria-current="step"' in html


def test_a_station_may_carry_a_clock():
    clock = {"reading": {"kind": "late", "text": "Late by 3 working days"}}
    assert "Late by 3 working days" in render("{% line stations %}", stations=[{**LINE[0], "chip": clock}])


def test_progress_is_said_and_drawn_with_the_end_of_the_line():
    html = render("{% progress 3 6 %}")
    assert words(html) == "Question 3 of 6"
    assert html.count("progress-node") == 7
    assert html.count("progress-node is-done") == 2


LANES = {
    "parties": ["reporter", "hotline", "host", "police"],
    "stations": [
        {"party": "reporter", "title": "Report received", "when": "12 Nov, 19:42"},
        {"party": "hotline", "title": "Read", "when": "13 Nov, 09:12"},
        {"party": "host", "title": "Account closed", "when": "13 Nov, 13:58", "branch": True},
        {"party": "police", "title": "Package received", "when": "13 Nov, 09:12"},
        {"party": "reporter", "title": "Answer", "when": "", "state": "not yet"},
    ],
}


def test_the_swim_lanes_say_every_step_in_order():
    html = render("{% swimlanes lanes %}", lanes=LANES)
    said = re.search(r'role="img" aria-label="([^"]+)"', html)
    assert said is not None
    assert said[1] == (
        "The line, step by step: Report received, Reporter, 12 Nov, 19:42; Read, Hotline, 13 Nov, 09:12; "
        "Account closed, Host, 13 Nov, 13:58; Package received, Police, 13 Nov, 09:12; Answer, Reporter, not yet."
    )


def test_a_branch_does_not_carry_the_line_on():
    html = render("{% swimlanes lanes %}", lanes=LANES)
    assert html.count('class="lane-branch"') == 1
    assert html.count('class="lane-way"') == 2
    assert html.count('class="lane-owed"') == 1


def test_words_of_the_swim_lanes_do_not_meet():
    from havenline.site.look.swimlanes import _place, _stops

    _parties, stops = _stops(LANES)
    _place(stops)
    for one in stops:
        for other in stops:
            if one is not other and one.lane == other.lane and one.x <= other.x:
                assert one.x + one.title_width < other.x
                assert one.x + one.when_width < other.x


def test_the_trace_as_a_list_says_who_when_what_and_the_ledgers_number():
    steps = [{"party": "police", "who": "D. Amara", "when": "Wed 18 Nov, 10:05", "text": "Access found.", "entry": "89,376"}]
    assert words(render("{% trace_list steps %}", steps=steps)) == "Wed 18 Nov, 10:05 D. Amara Access found. Ledger entry 89,376"


def test_a_step_that_is_owed_says_so():
    assert "Not yet" in words(render("{% trace_list steps %}", steps=[{"party": "police", "text": "Answer", "state": "not yet"}]))


def test_an_empty_trace_says_that_nothing_has_happened():
    assert "nothing has happened yet" in render("{% swimlanes lanes %}", lanes={"stations": []})


# Clocks and days


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("due", "Due in 12 working days"),
        ("today", "Due today"),
        ("late", "Late by 3 working days"),
        ("done", "Done on day 13 of 15"),
        ("done late", "Done late"),
        ("not started", "Not started"),
        ("stopped", "Not needed any more"),
    ],
)
def test_a_clock_chip_says_its_reading_and_its_date(kind, text):
    clock = SimpleNamespace(reading=SimpleNamespace(kind=kind, text=text, date_text="Thu 10 Dec", fraction=0.4))
    html = render("{% clock_chip clock %}", clock=clock)
    assert words(html) == f"{text} Thu 10 Dec"
    assert f"clock-{kind.replace(' ', '-')}" in html


def test_the_face_fills_with_the_time_spent():
    faces = {render("{% clock_chip c %}", c={"kind": "due", "text": "Due", "fraction": part}) for part in (0, 0.25, 0.75, 1)}
    assert len(faces) == 4


def _fifteen_days():
    return explain_period(amount=15, unit="working days", started=date(2026, 11, 19), title="", rule="", source="", verified="policy")


def _cells(started: date, days: int, today: date):
    explanation = explain_period(amount=days, unit="working days", started=started, title="", rule="", source="", verified="policy")
    return ribbon(explanation, today)


def test_each_calendar_day_from_start_to_due_is_a_cell():
    laid = ribbon(_fifteen_days(), date(2026, 11, 24))
    assert [cell.day for cell in laid.cells][0::21] == [date(2026, 11, 19), date(2026, 12, 10)]
    assert len(laid.cells) == 22


def test_working_days_are_numbered_and_weekends_are_not():
    cells = ribbon(_fifteen_days(), date(2026, 11, 24)).cells
    assert [cell.words for cell in cells[:6]] == ["0", "1", "", "", "2", "3"]
    assert "is-weekend" in cells[2].classes


def test_today_and_the_due_date_are_marked():
    cells = {cell.day: cell for cell in ribbon(_fifteen_days(), date(2026, 11, 24)).cells}
    assert "is-today" in cells[date(2026, 11, 24)].classes
    assert "is-due" in cells[date(2026, 12, 10)].classes


def test_a_bank_holiday_is_hatched_and_named():
    laid = _cells(date(2026, 12, 23), 3, date(2026, 12, 23))
    christmas = next(cell for cell in laid.cells if cell.day == date(2026, 12, 25))
    assert christmas.classes == "is-holiday"
    assert "Christmas" in christmas.title
    assert "Christmas" in laid.alternative


def test_late_working_days_are_counted_on_and_weekends_are_not():
    laid = _cells(date(2026, 11, 18), 1, date(2026, 11, 24))
    assert [cell.words for cell in laid.cells] == ["0", "1", "+1", "", "", "+2", "+3"]
    assert "3 working days late" in laid.alternative


def test_a_late_bank_holiday_is_not_counted():
    laid = _cells(date(2026, 12, 23), 1, date(2026, 12, 29))
    assert [cell.words for cell in laid.cells if "is-late" in cell.classes] == ["+1"]
    assert "is-holiday" in next(cell for cell in laid.cells if cell.day == date(2026, 12, 25)).classes


def test_a_late_clock_of_months_counts_working_days_as_its_chip_does():
    three = explain_period(amount=3, unit="months", started=date(2026, 8, 14), title="", rule="", source="", verified="policy")
    laid = ribbon(three, date(2026, 11, 25))
    assert [cell.words for cell in laid.cells if cell.words][-1] == "+8"
    assert "8 working days late" in laid.alternative


def test_a_late_clock_of_calendar_days_counts_every_day():
    three = explain_period(amount=3, unit="calendar days", started=date(2026, 11, 18), title="", rule="", source="", verified="policy")
    assert [cell.words for cell in ribbon(three, date(2026, 11, 23)).cells][4:] == ["+1", "+2"]
    assert "2 days late" in ribbon(three, date(2026, 11, 23)).alternative


def test_a_long_ribbon_closes_up_and_numbers_only_the_days_that_matter():
    laid = _cells(date(2026, 11, 18), 45, date(2026, 11, 24))
    assert laid.is_close
    assert [cell.words for cell in laid.cells if cell.words] == ["0", "4", "45"]


def test_a_ribbon_of_a_quarter_fits_its_panel_and_numbers_its_ends_and_today():
    laid = _cells(date(2026, 7, 20), 45, date(2026, 11, 25))
    assert laid.is_long
    assert [cell.words for cell in laid.cells if cell.words] == ["0", "45", "+46"]


def test_the_ribbon_can_be_scrolled_with_the_keyboard_and_is_said_in_words():
    html = render("{% day_ribbon explanation today label='Conference' %}", explanation=_fifteen_days(), today=date(2026, 11, 24))
    assert 'tabindex="0"' in html
    assert 'aria-label="Conference"' in html
    assert "Due on day 15, Thu 10 Dec 2026. Today is day 3." in html


def test_each_month_is_marked_where_it_begins():
    assert [cell.month for cell in ribbon(_fifteen_days(), date(2026, 11, 24)).cells if cell.month] == ["Nov", "Dec"]


# Chips and the like


def test_a_done_chip_has_a_tick_and_the_others_have_none():
    assert "icon-tick" in render("{% chip 'Recognised' 'done' %}")
    assert "<svg" not in render("{% chip 'Being read' %}")


def test_a_chip_that_nobody_drew_is_refused():
    with pytest.raises(ValueError, match="no chip is called 'loud'"):
        render("{% chip 'x' 'loud' %}")


def test_key_hints_are_not_read_out():
    assert 'aria-hidden="true"' in render("{% key 'S' %}")


def test_a_receipt_stands_in_groups_of_four_from_left_to_right():
    html = render("{% receipt '4071932655802714' %}")
    assert words(html) == "4071 9326 5580 2714"
    assert '<bdi dir="ltr">' in html


def test_a_share_is_shown_with_its_interval():
    html = render("{% stat_tile 'Decided' '93.3%' '90.5 to 95.3, 402 of 431' share=0.933 low=0.905 high=0.953 %}")
    assert "90.5 to 95.3, 402 of 431" in html
    assert "interval-bar" in html


def test_an_empty_state_has_one_sentence_and_one_link():
    html = render("{% empty_state 'Nothing waits for you' 'New ones appear here.' '/desk/' 'See others' %}")
    assert '<a href="/desk/">See others</a>' in html


# Forms


def test_the_error_summary_is_focused_and_leads_to_each_field():
    html = render("{% error_summary form %}", form=Where({}))
    assert "autofocus" in html
    assert '<a href="#id_where_0">Choose where it happened</a>' in html
    assert '<a href="#id_why">Enter why</a>' in html
    assert "Two things are missing" in html


def test_the_error_summary_repeats_the_words_that_stand_at_the_field():
    form = Where({})
    assert "Choose where it happened" in words(render("{% field form.where %}", form=form))


def test_what_is_there_but_wrong_is_not_called_missing():
    assert "One thing needs changing" in render("{% error_summary form %}", form=Where({"where": "game", "why": "too long"}))


def test_a_form_without_errors_has_no_summary():
    assert not words(render("{% error_summary form %}", form=Where({"where": "game", "why": "ok"})))
    assert not words(render("{% error_summary form %}", form=Where()))


def test_dont_know_stands_apart_after_or():
    assert words(render("{% field form.where %}", form=Where())).endswith("In a game or I don’t know")


def test_radio_buttons_are_one_group_with_their_question_hint_and_error():
    html = render("{% field form.where %}", form=Where({}))
    assert '<fieldset aria-describedby="id_where_helptext id_where_error">' in html
    assert 'id="id_where_helptext"' in html
    assert 'id="id_where_error"' in html


def test_a_text_field_names_its_error_to_a_screen_reader():
    html = render("{% field form.why %}", form=Where({}))
    assert 'aria-describedby="id_why_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input"' in html


def test_segments_are_real_radio_buttons():
    html = render("{% segmented form.where %}", form=Where())
    assert html.count('type="radio"') == 2
    assert "checked" not in html


def test_django_renders_a_field_as_we_do():
    assert "choice-or" in Where().as_div()


def test_a_ribbon_that_is_late_by_years_draws_its_first_weeks_a_gap_and_today():
    laid = ribbon(_fifteen_days(), date(2031, 11, 24))
    assert len(laid.cells) < 80
    assert [cell.words for cell in laid.cells if cell.words == "…"] == ["…"]
    assert laid.cells[-1].day == date(2031, 11, 24)
    assert "is-today" in laid.cells[-1].classes
