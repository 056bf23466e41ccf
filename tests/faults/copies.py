"""An installation on either database, set up once, which takes a quarter of a minute, and copied for each who puts it to the test."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.cluster import Cluster
from tests.faults.place import Place


@dataclass(frozen=True)
class Original:
    """Nothing of it runs. `cluster`: its PostgreSQL; None on SQLite."""

    place: Place
    cluster: Cluster | None

    @property
    def database(self) -> str:
        return "PostgreSQL" if self.cluster else "SQLite"

    @contextmanager
    def copied(self, **environment: str) -> Iterator[tuple[Place, Cluster | None]]:
        """One copy at a time: its cluster, which is up, has the original's port. `environment`: the cluster's and the installation's."""
        with _folder() as folder:
            _copy(self.place.home, folder / "home")
            place = Place.of_home(folder / "home", self.place.port)
            place.environment |= environment
            if self.cluster is None:
                yield place, None
                return
            _copy(self.cluster.where, folder / "cluster")
            cluster = Cluster(folder / "cluster", port=self.cluster.port, **environment)
            cluster.start()
            try:
                yield place, cluster
            finally:
                cluster.stop()


@contextmanager
def original(*, on_postgresql: bool) -> Iterator[Original]:
    with _folder() as folder:
        if not on_postgresql:
            yield Original(Place(folder), None)
            return
        cluster = Cluster(folder / "cluster")
        cluster.make()
        cluster.start()
        try:
            place = Place(folder, cluster.url)
        finally:
            cluster.stop()
        yield Original(place, cluster)


@contextmanager
def _folder() -> Iterator[Path]:
    """One that user postgres can enter: pytest's are closed to others, again at each start of another pytest."""
    with tempfile.TemporaryDirectory(prefix="havenline-faults-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def _copy(what: Path, to: Path) -> None:
    """With its owners and modes."""
    subprocess.run(["cp", "-a", str(what), str(to)], check=True)
