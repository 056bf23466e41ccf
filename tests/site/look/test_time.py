"""A timeline and a strip of days: every mark is drawn, none outside, and no style stands in them."""

import re
from datetime import date, timedelta

import pytest

from havenline.site.look.strips import days_left_strip
from havenline.site.look.timeline import timeline


def chart(days: list[int]) -> dict[str, object]:
    start = date(2024, 1, 1)
    marks = [(start + timedelta(days=day), "police", f"Day {day}") for day in days]
    lanes = [{"label": "Steps", "marks": marks}]
    return {"id": "t", "title": "T", "description": "D", "start": start, "end": start + timedelta(days=max(days)), "lanes": lanes}


@pytest.mark.parametrize("days", [[0, 1], [0, 400], [0, 0, 0, 0, 9000], list(range(0, 3000, 7))])
def test_each_mark_is_drawn_within_its_picture_in_both_widths(days: list[int]) -> None:
    drawn = timeline(chart(days))
    assert drawn.count('<svg class="shape') == 2 * len(days)
    for width, part in ((860, drawn.partition("chart-narrow")[0]), (320, drawn.partition("chart-narrow")[2])):
        places = [float(x) for x in re.findall(r'<svg class="shape party-police" x="([\d.-]+)"', part)]
        assert len(places) == len(days)
        assert min(places) >= 0
        assert max(places) + 12 <= width
    assert "style=" not in drawn


def test_words_of_a_mark_cannot_break_out_of_the_picture() -> None:
    told = chart([0, 5])
    told["lanes"] = [{"label": "<b>", "marks": [(date(2024, 1, 2), "police", '"><script>')]}]
    assert "<script>" not in timeline(told)
    assert "<b>" not in timeline(told)


def test_a_strip_has_a_dot_for_each_time_and_marks_what_was_late() -> None:
    drawn = days_left_strip((-30, -1, 0, 0, 0, 4, 99), "said in words")
    assert (drawn.count('class="strip-dot"'), drawn.count('class="strip-late"')) == (5, 2)
    assert 'aria-label="said in words"' in drawn
    assert all(0 <= float(x) <= 150 for x in re.findall(r'cx="([\d.-]+)"', drawn))
