"""The register of schools: the published file, with everything that it is known to hold, and schools added by hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.journey.prevention import actions, queries, register_file
from havenline.journey.prevention.actions import register
from havenline.journey.prevention.models import School
from tests import factories

HEAD = [
    "URN", "LA (code)", "LA (name)", "EstablishmentName", "TypeOfEstablishment (name)", "EstablishmentStatus (name)", "OpenDate",
    "CloseDate", "PhaseOfEducation (name)", "StatutoryLowAge",
    "Trusts (name)", "Street", "Town", "Postcode", "TelephoneNum", "HeadLastName", "Easting",
]  # fmt: skip


def row(urn: object, name: str = "Alder Road School", **more: str) -> str:
    said = {
        "URN": str(urn), "LA (code)": "901", "LA (name)": "Northmere", "EstablishmentName": name,
        "TypeOfEstablishment (name)": "Community school", "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary",
        "Town": "Northmere", "Postcode": "NM1 1AA", "TelephoneNum": "01632960101", "Easting": "0", **more,
    }  # fmt: skip
    return ",".join('"' + said.get(column, "").replace('"', '""') + '"' for column in HEAD)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "edubasealldata20261101.csv"


def keep(file: Path, *rows: str, encoding: str = "cp1252", head: str = "") -> Path:
    file.write_bytes("\r\n".join([head or ",".join(f'"{column}"' for column in HEAD), *rows, ""]).encode(encoding, "surrogateescape"))
    return file


def take(file: Path) -> actions.Imported:
    return actions.import_register(path=file, by=INSTALLATION)


pytestmark = pytest.mark.django_db


def test_schools_come_in_with_what_we_need_of_them(file: Path) -> None:
    said = take(keep(file, row(100001), row(100002, "St Brée’s – North", **{"PhaseOfEducation (name)": "Secondary"})))
    assert (said.added, said.bad_count) == (2, 0)
    alder = School.objects.get(urn=100001)
    assert (alder.name, alder.local_authority, alder.postcode, alder.telephone, alder.from_file) == (
        "Alder Road School", "Northmere", "NM1 1AA", "01632960101", True,
    )  # fmt: skip
    assert School.objects.get(urn=100002).name == "St Brée’s – North"


def test_a_file_saved_as_utf_8_with_its_mark_is_read_as_such(file: Path) -> None:
    take(keep(file, row(100001, "St Brée’s"), encoding="utf-8-sig"))
    assert School.objects.get().name == "St Brée’s"


def test_reading_it_again_changes_nothing(file: Path) -> None:
    keep(file, row(100001), row(100002))
    take(file)
    before = list(School.objects.values())
    said = take(file)
    assert (said.added, said.changed, said.same) == (0, 0, 2)
    assert list(School.objects.values()) == before


def test_what_changed_is_changed_and_a_closed_school_is_marked(file: Path) -> None:
    take(keep(file, row(100001), row(100002)))
    closed = {"EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2026"}
    said = take(keep(file, row(100001, "Alder Road Academy"), row(100002, **closed)))
    assert (said.changed, said.closed) == (2, 1)
    assert School.objects.get(urn=100001).name == "Alder Road Academy"
    gone = School.objects.get(urn=100002)
    assert (gone.status, str(gone.closed_on)) == ("closed", "2026-08-31")


@pytest.mark.parametrize(("said", "status"), [("Open, but proposed to close", "open"), ("Proposed to open", "proposed")])
def test_what_is_between_open_and_closed_is_told_apart(file: Path, said: str, status: str) -> None:
    take(keep(file, row(100001, **{"EstablishmentStatus (name)": said})))
    assert School.objects.get().status == status


def test_a_school_that_the_file_leaves_out_stays_open(file: Path) -> None:
    take(keep(file, row(100001), row(100002)))
    said = take(keep(file, row(100001)))
    assert said.not_in_file == 1
    assert School.objects.get(urn=100002).is_open


def test_a_number_that_a_person_typed_stays_where_the_file_has_none(file: Path, analyst: Membership) -> None:
    keep(file, row(100001, TelephoneNum=""))
    take(file)
    actions.correct_telephone(school=School.objects.get(), telephone="01632 960111", by=analyst)
    assert take(file).same == 1
    school = School.objects.get()
    assert (school.telephone, school.telephone_by) == ("01632 960111", analyst)


@pytest.mark.parametrize("in_file", ["01632960101", "01632 960111"])
def test_a_number_that_the_file_has_is_nobodys_any_more(file: Path, analyst: Membership, in_file: str) -> None:
    take(keep(file, row(100001)))
    actions.correct_telephone(school=School.objects.get(), telephone="01632 960111", by=analyst)
    assert take(keep(file, row(100001, TelephoneNum=in_file))).changed == 1
    school = School.objects.get()
    assert (school.telephone, school.telephone_by) == (in_file, None)


def test_rows_outside_england_are_left_out_and_counted(file: Path) -> None:
    said = take(keep(file, row(400001, **{"TypeOfEstablishment (name)": "Welsh establishment"}), row(100001)))
    assert (said.abroad, said.added, said.bad_count) == (1, 1, 0)


def test_each_line_that_cannot_be_taken_is_named_with_its_reason_and_the_rest_comes_in(file: Path) -> None:
    said = take(
        keep(
            file,
            row("abc"),
            row(100001),
            row(100001, "Twice"),
            row(100002, ""),
            "1,2,3",
            row(100003, **{"EstablishmentStatus (name)": "Sunk"}),
            row(100004, **{"CloseDate": "2026/31/08", "EstablishmentStatus (name)": "Closed"}),
            row(100005, "x" * 201),
            row(100006, "B\udc81d bytes"),
            row(100007),
        )
    )
    assert [(bad.line, bad.why) for bad in said.bad] == [
        (2, "its URN is “abc”, which is no number"),
        (4, "URN 100001 stands on line 3 already"),
        (5, "it has no name"),
        (6, "it has 3 columns, the head has 17"),
        (7, "its status is “Sunk”, which we don’t know"),
        (8, "its CloseDate is “2026/31/08”, which is no day"),
        (9, "its EstablishmentName is longer than 200 characters"),
        (10, "it holds bytes that are no text in the file’s encoding"),
    ]
    assert set(School.objects.values_list("urn", "name")) == {(100001, "Alder Road School"), (100007, "Alder Road School")}


def test_a_quote_that_never_ends_is_one_bad_row_and_no_crash(file: Path) -> None:
    said = take(keep(file, row(100001), '"100002,' + "x" * 200_000))
    assert (said.added, said.bad_count) == (1, 1)


def test_a_number_without_end_is_one_bad_row_and_no_crash(file: Path) -> None:
    said = take(keep(file, row("9" * 5000), row(100001)))
    assert (said.added, said.bad_count) == (1, 1)


@pytest.mark.parametrize("text", ["", "URN,Name\r\n1,Alder\r\n", "\x00\x01\x02"])
def test_a_file_that_is_not_the_register_changes_nothing(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(register_file.NotTheRegister):
        take(file)
    assert not School.objects.exists()


def test_broken_off_in_the_middle_whole_batches_stay_and_the_next_run_ends_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "BATCH", 10)
    keep(file, *[row(100000 + number) for number in range(35)])

    def pull_the_plug(rows: int) -> None:
        if rows == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.import_register(path=file, by=INSTALLATION, report_progress=pull_the_plug)
    assert School.objects.count() == 20
    said = take(file)
    assert (said.added, said.same, School.objects.count()) == (15, 20, 35)


def test_the_file_is_read_a_line_at_a_time(file: Path) -> None:
    keep(file, *[row(100000 + number) for number in range(50)])
    rows: Iterator[object] = register_file.read(file)
    assert isinstance(next(rows), register_file.Row)


def test_a_school_added_by_hand_follows_the_file_once_it_is_in_it(file: Path, analyst: Membership) -> None:
    actions.add_school(urn=100001, name="Alder Rd", telephone="01632 960101", by=analyst)
    with pytest.raises(actions.SchoolKnown):
        actions.add_school(urn=100001, name="Again", telephone="01632 960101", by=analyst)
    assert take(keep(file, row(100001))).changed == 1
    assert School.objects.get().name == "Alder Road School"


def test_the_register_is_not_for_everybody(social_worker: Membership) -> None:
    with pytest.raises(NotYourRole):
        actions.add_school(urn=100001, name="Alder", telephone="01632 960101", by=social_worker)


def test_schools_are_found_by_name_place_and_number_whatever_their_accents(file: Path, analyst: Membership) -> None:
    take(keep(file, row(100001, "St Brée’s"), row(100002, "Beech Lane", Town="Hallow")))
    for asked, urns in (
        ("bree", [100001]),
        ("hallow beech", [100002]),
        ("100002", [100002]),
        ("nm1 1aa", [100002, 100001]),
        ("nothing", []),
    ):
        assert [school.urn for school in queries.schools(asked, by=analyst)] == urns


def test_an_agency_is_one_school_and_a_school_one_agency(alder_road: School, beech_lane: School, analyst: Membership) -> None:
    assert alder_road.agency is not None
    with pytest.raises(actions.NotASchool):
        actions.link_agency(school=beech_lane, agency=alder_road.agency, by=analyst)
    with pytest.raises(actions.NotASchool):
        actions.link_agency(school=beech_lane, agency=factories.agency("health"), by=analyst)


def test_the_command_says_what_it_took_and_what_it_could_not(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from havenline.cli import app, schools

    monkeypatch.setattr(schools, "must_be_set_up", lambda: None)
    keep(file, row(100001), row("abc"))
    answer = CliRunner().invoke(app, ["schools", "import", str(file), "--json"])
    assert answer.exit_code == 1
    said = json.loads(answer.stdout)
    assert (said["added"], said["bad"], said["bad_rows"][0]["line"]) == (1, 1, 3)
    missing = CliRunner().invoke(app, ["schools", "import", str(file.with_name("other.csv"))])
    assert missing.exit_code == 4
    file.write_text("a,b\n")
    assert CliRunner().invoke(app, ["schools", "import", str(file)]).exit_code == 3
