"""Paths: which there are, in what order, and what is never followed."""

import io
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.matching.scanning import archive

from havenline.engines.matching.scanning import NotAList, read_list, walk, walking
from havenline.engines.matching.scanning.opening import AFolder, Gone, Link, NotOpened, Outside, Special, opened
from havenline.engines.matching.scanning.writing import read, written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return archive.made(tmp_path / "archive")


def test_a_folder_is_walked_in_the_order_of_its_names_and_no_link_is_followed(root: Path) -> None:
    assert list(walk(root)) == archive.PATHS


def test_a_walk_goes_on_after_any_path(root: Path) -> None:
    for at, path in enumerate(archive.PATHS):
        assert list(walk(root, after=path)) == archive.PATHS[at + 1 :]


def test_a_walk_goes_on_after_a_path_that_is_gone(root: Path) -> None:
    (root / "b" / "deep" / "again.png").unlink()
    (root / "b" / "deep").rmdir()
    assert list(walk(root, after=b"b/deep/again.png")) == archive.PATHS[5:]


def test_a_folder_of_more_names_than_memory_holds_is_walked_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{number}\n{'x' * (number % 3)}" for number in range(100)]
    for name in random.Random(3).sample(names, 100):
        (tmp_path / name).touch()
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "inside").touch()
    whole = list(walk(tmp_path))
    monkeypatch.setattr(walking, "MOST_IN_MEMORY", 7)
    assert list(walk(tmp_path)) == whole == [*sorted([*map(os.fsencode, names), b"5/inside"], key=lambda path: path.split(b"/"))]


def test_a_folder_that_is_not_entered_is_a_path_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c" / "file").touch()
    monkeypatch.setattr(walking, "MOST_DEEP", 3)
    assert list(walk(tmp_path)) == [b"a/b/c"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (b"out/hosts", Link),
        (b"out", Link),
        (b"b/inside", Link),
        (b"pipe", Special),
        (b"b", AFolder),
        (b"none", Gone),
        (b"a.txt/inside", Gone),
        (b"../archive/a.txt", Outside),
        (b"a/../../x", Outside),
        (b"/etc/hosts", Outside),
        (b"a\0.txt", Outside),
        (b"x" * 300, NotOpened),
    ],
)
def test_what_is_no_plain_file_below_the_root_is_not_opened(root: Path, path: bytes, why: type[NotOpened]) -> None:
    folder = os.open(root, os.O_RDONLY)
    try:
        with pytest.raises(why), opened(folder, path):
            raise AssertionError("it was opened")
    finally:
        os.close(folder)


def test_a_folder_that_became_a_link_since_it_was_listed_leads_nowhere(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "seen.png").write_bytes(archive.SEEN)
    (root / "a").rename(root / "was")
    (root / "a").symlink_to(tmp_path / "elsewhere")
    folder = os.open(root, os.O_RDONLY)
    with pytest.raises(Link), opened(folder, b"a/seen.png"):
        pass
    os.close(folder)


def test_no_descriptor_is_left_open(root: Path) -> None:
    folder = os.open(root, os.O_RDONLY)
    before = len(os.listdir("/proc/self/fd"))
    for path in archive.PATHS:
        try:
            with opened(folder, path) as file:
                file.read()
        except NotOpened:
            pass
    list(walk(root))
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(folder)


# A list


def test_a_list_is_lines_of_paths_relative_to_the_root() -> None:
    said = b"\xef\xbb\xbfa/one.png\r\n\n./b//two.png\n/srv/archive/c.png\n/srv/archive//d.png\n/srv/archives/e.png\n../f.png"
    assert list(read_list(io.BytesIO(said), Path("/srv/archive"))) == [
        b"a/one.png", b"b//two.png", b"c.png", b"d.png", b"/srv/archives/e.png", b"../f.png",
    ]  # fmt: skip


def test_the_root_may_be_that_of_the_machine() -> None:
    assert list(read_list(io.BytesIO(b"/srv/a.png\nb.png"), Path("/"))) == [b"srv/a.png", b"b.png"]


def test_paths_that_are_ended_by_nuls_may_hold_anything_else() -> None:
    assert list(read_list(io.BytesIO(b"a\nb\r\0\0c\0"), Path("/srv"), null=True)) == [b"a\nb\r", b"c"]


@pytest.mark.parametrize("said", [b"a\n" + b"x" * 5000, b"a\n" + b"x" * 5000 + b"\nb", b"a\nb\0c\n"])
def test_what_is_no_list_is_refused_and_its_line_named(said: bytes) -> None:
    with pytest.raises(NotAList, match="Line 2"):
        list(read_list(io.BytesIO(said), Path("/srv")))


@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda path: b"\0" not in path)), st.integers(1, 50))
def test_whatever_paths_are_written_are_read(paths: list[bytes], at_once: int) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(at_once)

    found = list(read_list(Slow(b"".join(path + b"\0" for path in paths)), Path("/no such root"), null=True))
    assert len(found) == len(paths)
    assert [one for one, path in zip(found, paths, strict=True) if not path.startswith(b"./")] == [
        path for path in paths if not path.startswith(b"./")
    ]


# As text


@given(st.binary(min_size=1))
def test_a_path_as_text_is_read_back_and_steers_nothing(path: bytes) -> None:
    text = written(path)
    assert read(text) == path
    assert text.isprintable()
    assert text[0] not in "=+-@"
    text.encode()


@given(st.text(min_size=1).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_so_is_one_of_any_signs(path: bytes) -> None:
    assert read(written(path)) == path
