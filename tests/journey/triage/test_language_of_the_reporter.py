"""A report in Arabic: the analyst is told so, and our neutral answer goes back in Arabic."""

import pytest
from django.utils import translation

from havenline.journey.intake.choices import NEUTRAL
from havenline.journey.triage import actions, packages
from tests.journey.triage.test_deciding import carried_out, decided

pytestmark = pytest.mark.django_db


def in_arabic(words: object) -> str:
    with translation.override("ar"):
        return str(words)


@pytest.mark.parametrize("language", ["ar", "en", ""])
def test_the_neutral_answer_goes_in_the_language_that_the_reporter_read(arrives, analyst, language):
    report = arrives(language=language)
    carried_out(decided(report, analyst, close=True, could_be_read="yes"))
    assert in_arabic(NEUTRAL) != str(NEUTRAL)
    assert report.messages.get().words() == (in_arabic(NEUTRAL) if language == "ar" else str(NEUTRAL))


def test_own_words_go_as_they_were_written(arrives, analyst):
    report = arrives(language="ar")
    carried_out(decided(report, analyst, close=True, answer="Thank you. You did the right thing."))
    assert report.messages.get().words() == "Thank you. You did the right thing."


@pytest.mark.parametrize(("language", "told"), [("ar", True), ("en", False), ("", False)])
def test_the_analyst_is_told_which_language(arrives, analyst, signed_in, language, told):
    report = arrives(language=language)
    actions.claim(report=report, by=analyst)
    page = signed_in(analyst).get(f"/desk/queue/{report.reference}/").content.decode()
    assert "What the reporter said" in page
    assert ("Reported in" in page) is told
    assert ("It is sent in Arabic." in page) is told


def test_police_are_told_too(arrives, analyst):
    package = packages.to_police(arrives(language="ar"), reason="", decided_by=analyst, assessed=True)
    assert package["answers"]["language"] == "ar"
