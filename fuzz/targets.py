"""Each reader of outside input, and what must hold whatever it is given: it returns, or raises what its docstring names.

A target takes bytes. `tests/fuzz` gives it hypothesis' bytes and every input of `fuzz/corpus`; `python -m fuzz` gives it libFuzzer's.
"""

import contextlib
import importlib.util
import io
import json
import socket
import tarfile
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pyrage
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.urls import Resolver404, resolve
from pydantic import ValidationError

from havenline.cli import sealed_file
from havenline.engines import census as censuses
from havenline.engines import matching, procedure, proof, screening
from havenline.engines.matching import addresses, hashing, scanning, video
from havenline.engines.matching.scanning import journal as scans
from havenline.engines.matching.scanning import opening, writing
from havenline.engines.procedure.reading import read_edition
from havenline.engines.proof import witness as witnesses
from havenline.engines.screening import conversation
from havenline.foundation.handover import reading
from havenline.foundation.identifiers import canonical
from havenline.foundation.ledger.queries import entries
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import csv_file, signals
from havenline.foundation.lists.exchange import outside, told
from havenline.foundation.lists.exchange.formats import ncmec, signed, table, threatexchange
from havenline.foundation.outgoing import NoAnswer, asking
from havenline.foundation.people import devices, places, single_sign_on
from havenline.foundation.recognition.answering.asked import Asked, Refused
from havenline.foundation.recognition.answering.uploads import the_file
from havenline.foundation.retention import journal, rules
from havenline.foundation.search import days, normal
from havenline.journey.intake import answers, extraction, flood, form_state, pictures, receipts, schemas
from havenline.journey.prevention import register_file
from havenline.journey.safeguarding import census_events, census_file
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from havenline.journey.safeguarding.public_forms import DueDateForm
from havenline.site import installation

# All that LOG has ever signed: nothing else may be taken for it.
COPIED, SAID = "A copy of a record.", "received on 2026-11-18"
HEAD = "598440ff194196825ad2fba2c3b905c9e906faa57ddfdcaaca77de9139979834"
LINE = "===== Proof. Whoever changes anything above this line will be found out. ====="

Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {}
BARE: dict[str, Target] = {}  # the same, with nothing that it may raise: what is well-formed is read to its end
LARGEST = 65_536  # bytes of one input
HERE = Path(tempfile.mkdtemp(prefix="havenline-fuzz-files-"))
AUDITORS = Path(__file__).parents[1] / "docs/auditors"
LISTS = proof.SigningKey("fuzz.example/lists", proof.SIGNS, b"k" * 32)
LOG = proof.SigningKey("fuzz.example/log", proof.SIGNS, b"l" * 32)  # the corpus holds what these have signed
WITNESS = proof.SigningKey("fuzz.example/witness", proof.COSIGNS, b"w" * 32)


def target(*expected: type[BaseException]) -> Callable[[Target], Target]:
    """What it may raise; anything else, and a broken assertion, is a finding."""

    def register(function: Target) -> Target:
        def read(data: bytes) -> None:
            with contextlib.suppress(*expected):
                function(data)

        TARGETS[function.__name__], BARE[function.__name__] = read, function
        return function

    return register


def text_of(data: bytes) -> str:
    """As a form or a JSON body could hold it: lone surrogates too."""
    return data.decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace") if _is_decodable(data) else data.decode("latin-1")


def _is_decodable(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace")
    except UnicodeDecodeError:
        return False
    return True


def file_of(data: bytes, name: str) -> Path:
    path = HERE / name
    path.write_bytes(data)
    return path


def json_of(data: bytes) -> Any:
    """What a body holds, as the API reads it. Raises ValueError, RecursionError."""
    return json.loads(data)


# Pictures and videos that are known again


@target(hashing.HashingFailed)
def picture_to_hash(data: bytes) -> None:
    found = hashing.hash_image(data, limits=hashing.Limits(bytes=LARGEST, pixels=1_000_000))
    assert matching.pdq.written(matching.pdq.parse(found.pdq)) == found.pdq
    assert 0 <= found.quality <= 100


@target(scanning.NotAList)
def list_of_paths(data: bytes) -> None:
    for null in (False, True):
        for path in scanning.read_list(io.BytesIO(data), Path("/srv"), null=null):
            assert path
            assert b"\0" not in path
            assert writing.read(writing.written(path)) == path
            with contextlib.suppress(opening.NotOpened):
                assert b".." not in opening.parts_of(path)


@target()
def journal_of_a_scan(data: bytes) -> None:
    asked, mark, whole = scans.read(data)
    assert whole <= len(data)
    assert asked is not None or mark == scanning.Mark()


@target(video.NotAVideo)
def video_of_frames(data: bytes) -> None:
    frames = video.parse(text_of(data))
    assert [one.hash for one in video.parse(video.written(frames))] == [one.hash for one in frames]


# The ledger, its proofs, its witnesses


@target(proof.BadNote)
def note(data: bytes) -> None:
    read = proof.Note.read(text_of(data))
    assert proof.Note.read(read.text + "\n" + "".join(one.line for one in read.signatures)) == read


@target(proof.BadNote)
def cosignatures(data: bytes) -> None:
    proof.read_signatures(text_of(data))


@target(proof.BadNote)
def checkpoint(data: bytes) -> None:
    text = text_of(data)
    assert proof.Checkpoint.read(text).text == text or "\n" in text


@target(proof.BadKey)
def ledgers_key(data: bytes) -> None:
    read = proof.VerifierKey.read(text_of(data))
    assert proof.VerifierKey.read(str(read)) == read


class _Forgets:
    cosigned = ""

    def keep(self, cosigned: str) -> None:
        self.cosigned = cosigned

    def accuse(self, evidence: Any) -> None:
        raise AssertionError("nothing was signed that contradicts itself")


@target()
def request_to_a_witness(data: bytes) -> None:
    ours = witnesses.Witness(
        WITNESS, {LOG.name: [LOG.public]}, lambda _origin: contextlib.nullcontext(_Forgets()), lambda: int(time.time())
    )
    assert ours.add_checkpoint(data).status in (200, 400, 403, 404, 409, 413, 422)


@target(proof.NotProved)
def copy_for_a_court(data: bytes) -> None:
    assert proof.check_copy(text_of(data), [LOG.public], [WITNESS.public]).digest == proof.digest_of(COPIED)


@target(proof.NotProved)
def receipts_statement(data: bytes) -> None:
    assert proof.check_statement(text_of(data), [LOG.public]).said == SAID


@target(proof.Broken)
def exported_ledger(data: bytes) -> None:
    assert proof.check_export(text_of(data).splitlines(keepends=True), keys=[LOG.public], witnesses=[WITNESS.public]).head == HEAD


def _auditors(name: str, folder: Path = AUDITORS) -> ModuleType:
    import sys

    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LEDGER, RECEIPT, RECORD = (_auditors(name) for name in ("verify_ledger", "verify_receipt", "verify_record"))
# An auditor's program may end with Python's own words for what is no ledger; it must never say that it holds.
REFUSES = (SystemExit, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, StopIteration)


@target(*REFUSES)
def auditors_ledger(data: bytes) -> None:
    assert LEDGER.check(text_of(data).splitlines(keepends=True), dict([LEDGER.read_key(str(LOG.public))])).startswith("3 entries")
    assert HEAD in text_of(data)


@target(*REFUSES)
def auditors_receipt(data: bytes) -> None:
    assert SAID in RECEIPT.check(text_of(data), dict([LEDGER.read_key(str(LOG.public))]))


@target(*REFUSES)
def auditors_record(data: bytes) -> None:
    assert "Entry 2 " in RECORD.check(text_of(data), dict([LEDGER.read_key(str(LOG.public))]))
    assert text_of(data).replace("\r\n", "\n").strip().rpartition(f"\n{LINE}")[0].strip() == COPIED


@target()
def place_in_the_ledgers_list(data: bytes) -> None:
    found = entries._key(text_of(data))
    assert found is None or found[0].tzinfo is not None


# What reporters and platforms send


@target()
def pasted_conversation(data: bytes) -> None:
    text = text_of(data)
    lines = text.split("\n")
    for finding in screening.screen(text):
        assert finding.line >= 1
    for number in range(min(len(lines), 20)):
        conversation.speaker_of(lines, number)


@target(canonical.NotAnIdentifier)
def identifier(data: bytes) -> None:
    kinds = list(canonical.Kind)
    kind, text = kinds[data[0] % len(kinds)] if data else kinds[0], text_of(data[1:])
    once = canonical.canonical(kind, text)
    assert canonical.canonical(kind, once) == once


@target(canonical.NotAnIdentifier)
def address(data: bytes) -> None:
    once = canonical.canonical(canonical.Kind.URL, text_of(data))
    assert canonical.canonical(canonical.Kind.URL, once) == once
    assert once.isprintable()


@target()
def found_in_words(data: bytes) -> None:
    for found in extraction.from_message(text_of(data)):
        assert found.raw


@target()
def picture_in_disguise(data: bytes) -> None:
    pictures.in_disguise(text_of(data))


@target()
def receipt(data: bytes) -> None:
    typed = receipts.as_typed(text_of(data))
    assert typed is None or (typed.isascii() and typed.isdigit() and receipts.as_typed(typed) == typed)


@target(form_state.TooLarge)
def answers_in_the_form(data: bytes) -> None:
    text, purpose = text_of(data), next(iter(form_state.KEPT_FOR))
    with contextlib.suppress(form_state.Unreadable):
        form_state.unseal(purpose, text)
        raise AssertionError("nobody else can seal")
    words = text.encode("utf-8", "replace").decode()
    assert form_state.unseal(purpose, form_state.seal(purpose, {"happened": words}))["happened"] == words


@target(answers.NotAnswers)
def answers_given(data: bytes) -> None:
    query = QueryDict(data, encoding="utf-8")
    answers.complete({"kind": "other", "danger": "no", "happened": query.get("happened", text_of(data))})


@target(ValueError, RecursionError)
def report_by_api(data: bytes) -> None:
    try:
        report = schemas.NewReport.model_validate(json_of(data))
    except ValidationError:
        return
    with contextlib.suppress(answers.NotAnswers):
        extraction.from_answers(answers.complete(report.answers("A platform")))


@target(ValidationError, ValueError, RecursionError)
def reports_by_api(data: bytes) -> None:
    schemas.NewReports.model_validate(json_of(data))


@target(ValueError, RecursionError)
def supplement_by_api(data: bytes) -> None:
    try:
        said = schemas.Supplement.model_validate(json_of(data))
    except ValidationError:
        return
    extraction.from_message(said.words())


@target()
def sum_of_a_flood(data: bytes) -> None:
    flood.is_done("token", text_of(data))


# What people and their browsers send


@target()
def path_of_a_request(data: bytes) -> None:
    for urls in ("havenline.site.urls.public", "havenline.site.urls.desk", "havenline.site.urls.api"):
        with contextlib.suppress(Resolver404):
            resolve("/" + text_of(data), urls)


@target()
def search_words(data: bytes) -> None:
    text = text_of(data)
    found, rest = days.taken_out(text)
    assert all(days.exchanged(days.exchanged(day)) == day for day in found)
    assert len(normal.terms(normal.in_one_word(rest))) <= 10
    assert all(number.isdigit() for number in normal.long_numbers(text))


@target()
def browsers_name(data: bytes) -> None:
    assert devices.in_words(text_of(data))


@target()
def network_of_a_visitor(data: bytes) -> None:
    near = places.prefix_of(text_of(data))
    assert not near or "/" in near


@target(ValueError, RecursionError)
def claims_of_a_provider(data: bytes) -> None:
    said = json_of(data)
    address = single_sign_on.address_in(said)
    assert isinstance(address, str)
    assert not address or said["userinfo"]["email_verified"] is True


@target(NoAnswer)
def answer_of_a_server(data: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(data[:60_000])
        there.shutdown(socket.SHUT_WR)
        found = asking._answer(here, "POST", time.monotonic() + 5, 1_000)
        assert len(found.body) <= 1_000


@target(NoAnswer)
def status_of_a_host(data: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(data[:60_000])
        there.shutdown(socket.SHUT_WR)
        assert 200 <= asking._status(here, time.monotonic() + 5) < 600


# What another agency hands over


@target(ValueError, RecursionError)
def package(data: bytes) -> None:
    said = json_of(data)
    if isinstance(said, dict):
        reading.laid_out(said)


# Files


@target(procedure.EditionRefused)
def edition_of_the_guidance(data: bytes) -> None:
    read_edition(file_of(data, "edition.toml"))


@target(procedure.EditionRefused)
def local_rules_of_the_guidance(data: bytes) -> None:
    held = procedure.read_area(file_of(data, "area.toml"), procedure.guidance())
    assert [edition.steps for edition in held.editions] == [edition.steps for edition in procedure.guidance().editions]


@target(TooManyFieldsSent)
def date_asked_of_the_guidance(data: bytes) -> None:
    form = DueDateForm(QueryDict(data))
    if form.is_valid():
        assert form.answer is not None
        again = DueDateForm(QueryDict(form.answer.question))
        assert again.is_valid()
        assert again.answer is not None
        assert again.answer.told.due == form.answer.told.due


@target(censuses.CensusError)
def census_of_a_council(data: bytes) -> None:
    for from_referral in (False, True):
        found = censuses.timeliness(censuses.Census(io.BytesIO(data)), WorkingTogether(), from_referral=from_referral)
        for clock in censuses.CLOCKS:
            count = found.count(clock)
            assert count.due == count.in_time + count.late + count.open == sum(one.count.due for one in found.by_month(clock))
            assert count.late == len(list(found.late_cases(clock)))
        assert found.total.due == len(list(found.cases()))
        assert all(note.line >= 1 for note in found.not_understood)


@target(censuses.CensusError)
def all_of_a_census(data: bytes) -> None:
    children = [child.content or {} for child in censuses.WholeCensus(io.BytesIO(data)).children()]
    rules = censuses.Rules(reference=date(2026, 3, 31), calendar=WorkingTogether())
    for child in children:
        rules.faults(child)
    rules.faults_of_the_return(year="2026")
    written = io.StringIO()
    censuses.write(written, {"Collection": "CIN", "Year": "2026", "ReferenceDate": "2026-03-31"}, children)
    again = censuses.WholeCensus(io.BytesIO(written.getvalue().encode()))
    # An episode or child of which nothing was understood is not written, and nothing else is lost.
    assert [child.content for child in again.children()] == [child for child in map(_with_something, children) if child]
    for fault in censuses.faults_of_form(io.BytesIO(data)):
        assert fault.line >= 1
    reasons = {fault.reason for fault in censuses.faults_of_form(io.BytesIO(written.getvalue().encode()))}
    assert reasons <= {"is a code that the census does not have"}


def _with_something(child: censuses.Content) -> censuses.Content:
    return {name: [one for one in said if one] if name == "CINdetails" else said for name, said in child.items() if said and any(said)}


@target(censuses.CensusError)
def census_to_take_in(data: bytes) -> None:
    found = census_file.CensusFile(io.BytesIO(data), today=date(2026, 11, 18))
    for child in found.children():
        assert child.number
        for one in child.episodes:
            told = census_events.steps_of(one.content, reference=date(2026, 3, 31))
            procedure.simulate(procedure.Event(each.step, each.on, each.outcome or None) for each in told)
            assert census_events.dates_of(census_events.dates_of(one.content)) == census_events.dates_of(one.content)
    assert all(one.line >= 1 and one.reason for one in found.refused.listed)


@target(register_file.NotTheRegister)
def register_of_schools(data: bytes) -> None:
    for row in register_file.read(file_of(data, "schools.csv")):
        assert row.line >= 1


@target(csv_file.NotThisFile)
def list_as_csv(data: bytes) -> None:
    """Each line is told by its number, and what was taken has one canonical form."""
    numbers = []
    for line in csv_file.lines_of(io.BytesIO(data)):
        numbers.append(line.number)
        if line.problem:
            continue
        for kind in signals.SIGNALS_OF:
            with contextlib.suppress(signals.NotASignal, signals.UnknownSignal, lists.NotAGrade):
                checked = line.entry.checked(kind)
                assert checked.checked(kind) == checked
    assert numbers == sorted(set(numbers))


@target(installation.BadConfiguration)
def deployment_file(data: bytes) -> None:
    file_of(data, "havenline.toml")
    installation.load(HERE)


@target(rules.RuleWrong, ValueError, RecursionError)
def retention_rules(data: bytes) -> None:
    said = json_of(data)
    if isinstance(said, dict) and all(isinstance(one, dict) for one in said.values()):
        rules.read(said)


@target(journal.JournalBroken)
def journal_of_erasures(data: bytes) -> None:
    list(journal.lines(file_of(data, "journal")))


IDENTITY = pyrage.x25519.Identity.generate()


@target(sealed_file.NotOurs)
def backup(data: bytes) -> None:
    """A tar that was put together by somebody who knows the recipient: what it names stays in its folder."""
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        sealed = Path(folder) / "sealed"
        sealed.write_bytes(pyrage.encrypt(data, [IDENTITY.to_public()]))
        into = Path(folder) / "into"
        into.mkdir()
        sealed_file.unpack(sealed, into, [IDENTITY])


@target(sealed_file.NotOurs)
def backups_manifest(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        tar = Path(folder) / "tar"
        with tarfile.open(tar, "w") as out:
            part = Path(folder) / "manifest.json"
            part.write_bytes(data)
            out.add(part, "manifest.json")
        sealed = Path(folder) / "sealed"
        sealed.write_bytes(pyrage.encrypt(tar.read_bytes(), [IDENTITY.to_public()]))
        into = Path(folder) / "into"
        into.mkdir()
        said = sealed_file.unpack(sealed, into, [IDENTITY])
        assert isinstance(said, dict)


@target(ValueError)
def backups_recipient(data: bytes) -> None:
    sealed_file.recipient_of(text_of(data))


@target(ValueError)
def backups_identity(data: bytes) -> None:
    assert sealed_file.identities_in(file_of(data, "identity"))


# Lists of other bodies, and what readers of ours send


def _are_told(page: told.Page) -> None:
    assert len(page.told) <= told.MOST_ON_A_PAGE * 24
    assert all(one.ident and bool(one.signal) == bool(one.value) for one in page.told)


@target(told.NotReadable)
def list_from_ncmec(data: bytes) -> None:
    _are_told(ncmec.read_page(data))


@target(told.NotReadable)
def word_of_a_member(data: bytes) -> None:
    is_affirmative, reason = ncmec.read_feedback(data)
    assert is_affirmative != bool(reason)


@target(told.NotReadable)
def list_from_threatexchange(data: bytes) -> None:
    _are_told(threatexchange.read_page(data))


@target(told.NotReadable)
def list_in_csv(data: bytes) -> None:
    read = list(table.read(data))
    assert list(table.read("".join(table.write(read)).encode())) == read


@target(told.NotReadable)
def list_of_another_havenline(data: bytes) -> None:
    read = signed.read(data, [LISTS.public])
    assert read.seal.count == len(read.told)


LIST_PROGRAM = _auditors("verify_list", Path(__file__).parents[1] / "docs/platforms")


@target(*REFUSES)
def platforms_list(data: bytes) -> None:
    LIST_PROGRAM.check_list(data, dict([LIST_PROGRAM.read_key(str(LISTS.public))]))


@target()
def cursor_of_a_list(data: bytes) -> None:
    with contextlib.suppress(outside.NoCursor):
        outside.opened(text_of(data), outside.CHANGES, 7)
        raise AssertionError("nobody else can make one")


@target()
def number_of_an_entry(data: bytes) -> None:
    text = text_of(data)
    pk = outside.pk_of(text)
    assert pk is None or outside.number(pk) == str(int(text))


@target(Refused)
def form_with_a_picture(data: bytes) -> None:
    upload = the_file("multipart/form-data; boundary=b", data)
    assert upload.data in data


@target(Refused)
def request_to_match(data: bytes) -> None:
    head, _line, body = data.partition(b"\n\n")
    path, query, header = (*text_of(head).split("\n", 2), "", "")[:3]
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_AUTHORIZATION": header, "CONTENT_TYPE": "application/json"}
    asked = Asked.read({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    assert "url" not in asked.fields
    asked.json()


@target()
def address_and_what_covers_it(data: bytes) -> None:
    with contextlib.suppress(canonical.NotAnIdentifier):
        address = canonical.canonical("url", text_of(data))
        covering = list(addresses.forms(address))
        assert covering[0] == address
        assert len(covering) <= 2 + addresses.DEEPEST
        assert all(host in address for host in addresses.hosts(address))
