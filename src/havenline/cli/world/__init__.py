"""The demo world: agencies, people, and their work, played through the real actions with the clock set back."""

from collections.abc import Callable

from havenline.cli.world.cast import Company, gather


def build(report_progress: Callable[[int, int], None]) -> Company:
    """Make the world in an empty database. `report_progress(done, of)`."""
    company = gather()
    report_progress(1, 1)
    return company
