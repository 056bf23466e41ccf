"""`havenline scan`: what of an archive is known. Hashes and matches leave it, and never a byte of a file."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from havenline.cli.speak import Exit, as_json, err, must_be_set_up, out, plain, start_django, stop
from havenline.engines.matching import pdq
from havenline.engines.matching.errors import DamagedIndex
from havenline.site.process import leave_no_core_dump

if TYPE_CHECKING:
    from havenline.engines.matching.scanning import Asked, Mark, Names, Work
    from havenline.engines.matching.scanning.here import Hands

SAYS_EVERY = 30.0  # seconds, where no terminal shows a bar
INSTALLATION = "installation"


def scan(
    source: Annotated[
        Path, typer.Argument(metavar="PATH|LIST", help="A folder, or a file of paths, one a line.", exists=True, readable=True)
    ],
    to: Annotated[Path | None, typer.Option(help="The result, a new file: NAME.csv or NAME.jsonl.")] = None,
    null: Annotated[bool, typer.Option("--null", help="Paths of the list are ended by NULs (find -print0).")] = False,
    root: Annotated[
        Path | None, typer.Option(help="What a list's paths are below; without it, this folder.", file_okay=False, exists=True)
    ] = None,
    index: Annotated[Path | None, typer.Option(help="A folder of an index; without it, this installation's.", file_okay=False)] = None,
    list_: Annotated[list[str] | None, typer.Option("--list", help="Only matches of this list; may be said again.")] = None,
    with_held: Annotated[bool, typer.Option("--with-held", help="Tell also what outsiders may not know of yet.")] = False,
    radius: Annotated[int, typer.Option(min=0, max=63, help="Bits that may differ in pictures that are alike.")] = pdq.RADIUS,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many of the first files.")] = None,
    mounts: Annotated[bool, typer.Option("--mounts", help="Enter other file systems below the folder, too.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, max=1024, help="Processes that read pictures; as many as cores.")] = None,
    ray: Annotated[str, typer.Option(metavar="ADDRESS", help="By workers of this Ray cluster; local: one on this machine.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the files.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Hash and match each file of an archive: by its PDQ hash within a distance, and by MD5, SHA-1 and SHA-256.

    Run the same command again after it was ended or killed: it goes on. No link is followed, and nothing of a file's content is written.
    The exit code is 0 when all is done, matches or not; 1 when it was asked to end, or a file could not be read.

    Example: havenline scan /srv/archive --to /srv/results/archive.csv
    """
    from havenline.engines.matching.scanning import AnotherScans, Asked, OtherScan, ResultExists, Scan, ScanError, Work

    leave_no_core_dump()
    is_list = not source.is_dir()
    below = (root or Path()) if is_list else source
    asked = Asked(
        source=str(source.resolve()),
        root=str(below.resolve()),
        index=str(index.resolve()) if index else INSTALLATION,
        radius=radius,
        form="jsonl" if to is not None and to.suffix == ".jsonl" else "csv",
        limit=limit,
        null=null,
        mounts=mounts,
        lists=tuple(sorted(list_ or ())),
        with_held=with_held,
    )
    if root is not None and not is_list:
        raise typer.BadParameter("A folder is its own root; --root is for a list of paths.", param_hint="--root")
    if dry_run:
        _count(asked, json=json)
    if to is None or to.suffix not in (".csv", ".jsonl"):
        raise typer.BadParameter("Name the result: a file that ends in .csv or .jsonl.", param_hint="--to")
    to = _placed(to, asked)
    if index is not None and (list_ or with_held):
        raise typer.BadParameter("An index alone does not say what its lists are called; leave --index out.", param_hint="--list")
    ended = threading.Event()
    with ExitStack() as opened:
        folder, names = (index.resolve(), None) if index else _of_installation(asked, opened)
        try:
            hands = _hands(Work(Path(asked.root), folder, radius), ray, processes, ended, opened)
            with Scan(asked, to, names=names, ended=ended) as begun, _asked_to_end(ended), _Told(json, begun.goes_on) as told:
                mark = begun.run(hands, tell=told)
        except (ResultExists, OtherScan, AnotherScans) as error:
            stop(plain(str(error)), Exit.REFUSED)
        except DamagedIndex as error:
            stop(f"The index cannot be read: {plain(str(error))}", Exit.MISSING)
        except FileNotFoundError as error:
            stop(f"There is no index in {plain(str(folder))}: {plain(str(error.filename or error))} is missing.", Exit.MISSING)
        except ScanError as error:
            stop(plain(str(error)), Exit.MISSING)
        except OSError as error:
            stop(f"{plain(str(error))}. What is done is kept: run the same command again to go on.", Exit.MISSING)
    _say_how_it_ended(mark, to, json=json)


def _count(asked: "Asked", *, json: bool) -> None:
    from itertools import islice

    from havenline.engines.matching.scanning import NotAList
    from havenline.engines.matching.scanning.scan import paths_of

    try:
        count = sum(1 for _path in islice(paths_of(asked), asked.limit))
    except (NotAList, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="PATH|LIST") from error
    if json:
        as_json({"files": count})
    else:
        out.print(f"{count:,} files would be looked at. Nothing was opened.")
    raise typer.Exit(Exit.WELL)


def _placed(to: Path, asked: "Asked") -> Path:
    """Where the result stands. Ends where it cannot stand there."""
    folder = to.parent.resolve()
    if not folder.is_dir():
        raise typer.BadParameter(f"There is no folder {folder}.", param_hint="--to")
    if asked.source == asked.root and folder.is_relative_to(asked.root):
        stop("The result would lie in what is scanned. Choose a place outside.", Exit.REFUSED)
    return folder / to.name


def _of_installation(asked: "Asked", opened: ExitStack) -> "tuple[Path, Names]":
    from havenline.site import installation

    must_be_set_up()
    if installation.load().role:
        stop("This is the home of the public host; what is known is not here.", Exit.REFUSED)
    start_django(role="match")
    from django.conf import settings

    from havenline.foundation.recognition.archives import ListNames, NoSuchList
    from havenline.foundation.recognition.kept import Home, NotReady

    try:
        generation = Home(settings.HOME / "recognition").open()
    except NotReady:
        stop("There is no index yet. Start the installation (havenline serve), or havenline follower: it is made then.", Exit.MISSING)
    except DamagedIndex as error:
        stop(f"The index cannot be read: {plain(str(error))}. Run havenline follower --remake.", Exit.MISSING)
    opened.callback(generation.close)
    try:
        return generation.folder, ListNames(generation, slugs=asked.lists, with_held=asked.with_held)
    except NoSuchList as error:
        raise typer.BadParameter(str(error), param_hint="--list") from error


def _hands(work: "Work", ray: str, processes: int | None, ended: threading.Event, opened: ExitStack) -> "Hands":
    if ray:
        from havenline.engines.matching.scanning.cluster import Cluster

        return opened.enter_context(Cluster(work, address=ray, workers=processes))
    from havenline.engines.matching.scanning import Here

    return opened.enter_context(Here(work, processes=processes, ended=ended))


@contextmanager
def _asked_to_end(ended: threading.Event) -> Iterator[None]:
    """Ctrl-C once ends it at the next file; twice, at once, which loses seconds."""

    def end(number: int, _frame: object) -> None:
        if ended.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, how in before.items():
            signal.signal(number, how)


class _Told:
    """Shows how far it is: a bar on a terminal, else a line now and then."""

    def __init__(self, json: bool, goes_on: bool) -> None:
        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[found]}"),
            console=err,
            disable=json or not err.is_terminal,
        )
        self._lines = not json and not err.is_terminal
        self._goes_on = goes_on
        self._task: TaskID | None = None
        self._began = self._said = time.monotonic()
        self._first: int | None = None

    def __enter__(self) -> "_Told":
        if self._goes_on:
            err.print("Goes on where it stood.")
        self._bar.start()
        self._task = self._bar.add_task("Listing", total=None, rate="", found="")
        return self

    def __exit__(self, *_how: object) -> None:
        self._bar.stop()

    def __call__(self, mark: "Mark") -> None:
        if self._task is None:
            return
        if not mark.all_listed:
            self._bar.update(self._task, completed=mark.count)
            return
        now = time.monotonic()
        if self._first is None:
            self._first, self._began = mark.done, now
            self._bar.reset(self._task, description="Looking", total=mark.count, completed=mark.done)
        rate = (mark.done - self._first) / max(now - self._began, 0.1)
        found = f"{mark.matched:,} known"
        self._bar.update(self._task, completed=mark.done, rate=f"{rate:,.0f}/s", found=found)
        if self._lines and now - self._said > SAYS_EVERY:
            self._said = now
            left = (mark.count - mark.done) / rate if rate else 0.0
            err.print(f"{mark.done:,} of {mark.count:,} files, {rate:,.0f} a second, {left:,.0f} s left, {found}", soft_wrap=True)


def _say_how_it_ended(mark: "Mark", to: Path, *, json: bool) -> None:
    from havenline.engines.matching.scanning.rows import EXPECTED

    unread = {reason: number for reason, number in sorted(mark.failed.items()) if reason not in EXPECTED}
    if json:
        as_json(
            {
                "finished": mark.finished,
                "files": mark.count,
                "done": mark.done,
                "matched": mark.matched,
                "failed": dict(sorted(mark.failed.items())),
                "result": os.fsencode(to).decode("utf-8", "replace"),
            }
        )
    else:
        out.print(f"{mark.done:,} of {mark.count:,} files looked at; {mark.matched:,} are known.", soft_wrap=True)
        for reason, number in sorted(mark.failed.items()):
            out.print(f"{number:>9,}  {reason}")
        if mark.finished:
            out.print(f"The result: {plain(str(to))}", soft_wrap=True, markup=False)
        else:
            out.print("It was asked to end, and nothing is lost. Run the same command again to go on.", soft_wrap=True)
    raise typer.Exit(Exit.WELL if mark.finished and not unread else Exit.NOT_WELL)
