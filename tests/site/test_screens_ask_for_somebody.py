"""The lint that lets no screen reach an object past the person."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("need_to_know", Path(__file__).parents[2] / "scripts/need_to_know.py")
assert _spec is not None
assert _spec.loader is not None
need_to_know = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(need_to_know)


def test_every_screen_asks_in_somebodys_name() -> None:
    assert need_to_know.main() == 0


@pytest.mark.parametrize(
    "code",
    [
        "Case.objects.filter(pk=1)",
        "Case.objects.all().visible_to(by)",
        "type(entry).objects.get(pk=1)",
        "get_object_or_404(Case, pk=1)",
        "shortcuts.get_object_or_404(Case, pk=1)",
    ],
)
def test_what_asks_for_nobody_is_named(code: str, tmp_path: Path) -> None:
    screen = tmp_path / "views.py"
    screen.write_text(code)
    assert len(list(need_to_know.found_in(screen))) == 1


@pytest.mark.parametrize(
    "code", ["Case.objects.visible_to(by)", "Case.objects.none()", "get_object_or_404(queries.cases(by=by), pk=1)", "request.objects_seen"]
)
def test_what_takes_the_person_passes(code: str, tmp_path: Path) -> None:
    screen = tmp_path / "views.py"
    screen.write_text(code)
    assert list(need_to_know.found_in(screen)) == []


@pytest.mark.parametrize(("name", "is_one"), [("views.py", True), ("trace_views.py", True), ("api.py", True), ("queries.py", False)])
def test_screens_are_known_by_their_files(name: str, is_one: bool) -> None:
    assert need_to_know.is_a_screen(Path("src/havenline/journey/intake") / name) is is_one
