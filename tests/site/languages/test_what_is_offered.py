"""Which languages an installation offers, and what it must say in each."""

from pathlib import Path

import pytest

from havenline.cli import checks
from havenline.cli.home import toml_of
from havenline.site import installation

WORDS = {"emergency_text": "يجب طلب الشرطة.", "helpline_text": "خط مساعدة الأطفال.", "read_within": "يوم واحد"}


def loaded(home: Path, **said: dict[str, object]) -> installation.Deployment:
    tables = {name.replace("_", "."): value for name, value in said.items()}
    (home / "havenline.toml").write_text(toml_of({"kind": "installation", **tables}))
    return installation.load(home).deployment


def test_english_alone_unless_more_is_asked_for(tmp_path: Path) -> None:
    assert loaded(tmp_path, deployment={"name": "Northmere"}).languages == ("en",)


def test_a_language_says_what_the_place_says_of_itself(tmp_path: Path) -> None:
    found = loaded(tmp_path, deployment={"languages": ["en", "ar"]}, deployment_ar=WORDS)
    assert found.in_language("ar").read_within == "يوم واحد"
    assert found.in_language("ar").emergency_number == found.emergency_number
    assert found.in_language("en-gb").read_within == "a day"


@pytest.mark.parametrize("missing", WORDS)
def test_a_language_that_does_not_say_it_all_is_not_offered(tmp_path: Path, missing: str) -> None:
    words = {name: said for name, said in WORDS.items() if name != missing}
    with pytest.raises(installation.BadConfiguration, match=rf"\[deployment.ar\] does not say {missing}"):
        loaded(tmp_path, deployment={"languages": ["en", "ar"]}, deployment_ar=words)


@pytest.mark.parametrize("languages", [["en", "xx"], ["en", "../ar"], ["ar", "en", "ar\n"]])
def test_a_language_that_nobody_translated_is_refused_by_name(tmp_path: Path, languages: list[str]) -> None:
    with pytest.raises(installation.BadConfiguration, match=r"There are: en, ar"):
        loaded(tmp_path, deployment={"languages": languages}, deployment_ar=WORDS)


def test_english_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(installation.BadConfiguration, match="must have 'en'"):
        loaded(tmp_path, deployment={"languages": ["ar"]}, deployment_ar=WORDS)


def test_a_word_that_no_language_may_change_is_refused(tmp_path: Path) -> None:
    with pytest.raises(installation.BadConfiguration, match="unknown setting 'hours'"):
        loaded(tmp_path, deployment={"languages": ["en", "ar"]}, deployment_ar={**WORDS, "hours": ""})


def test_doctor_says_that_nobody_has_reviewed_a_translation_until_somebody_has(
    two_languages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checks.languages()
    assert found.ok is None
    assert "nobody has reviewed the Arabic yet" in found.said
    monkeypatch.setattr(installation, "reviewed_by", lambda code: "A reader")
    assert checks.languages().ok
