"""The plan as a model of OR-Tools' CP-SAT: constraints 1 to 6 of `planning`, as sums of choices.

A room is no choice of its own. For every union of rooms that suit somebody, no more conferences need it than it has rooms: by Hall's
theorem that is exactly when each can have one, and it spares a factor of as many choices as there are rooms.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from .diary import Opening
from .planning import NO_PLACE, Choice, SolverMissing

if TYPE_CHECKING:
    from .planning import _Question

try:
    from ortools.sat.python import cp_model
except ImportError as missing:
    raise SolverMissing("A plan of conferences needs OR-Tools: install Havenline with its extra “conferences”.") from missing


LINEAR = 2  # its linear relaxation knows nearly all of such a question, and proves what no search would
Chosen = Sequence[Choice | None]


class Model:
    """Built once, and improved upon from the best plan so far."""

    def __init__(self, question: "_Question") -> None:
        self.question = question
        self.model = model = cp_model.CpModel()
        self.chosen = [
            {choice: model.new_bool_var(f"{at} {number}") for number, choice in enumerate(question.choices(at))}
            for at in range(len(question.conferences))
        ]
        chair_sits: dict[Choice, list[cp_model.IntVar]] = defaultdict(list)
        chair_day: dict[tuple[date, str], list[cp_model.IntVar]] = defaultdict(list)
        person: dict[tuple[Opening, str], list[cp_model.IntVar]] = defaultdict(list)
        sitting: dict[Opening, dict[int, list[cp_model.IntVar]]] = defaultdict(lambda: defaultdict(list))
        for at, (one, choices) in enumerate(zip(question.conferences, self.chosen, strict=True)):
            model.add_at_most_one(choices.values())
            for choice, is_chosen in choices.items():
                opening, chair = choice
                chair_sits[choice].append(is_chosen)
                chair_day[opening[0], chair].append(is_chosen)
                sitting[opening][at].append(is_chosen)
                for each in one.people:
                    person[opening, each].append(is_chosen)
        for once in (chair_sits, person):
            for choices_of in once.values():
                if len(choices_of) > 1:
                    model.add_at_most_one(choices_of)
        for (day, chair), of_day in chair_day.items():
            most = question.diary.left_to(question.chairs[chair], day)
            if len(of_day) > most:
                model.add(sum(of_day) <= most)
        for opening, by_conference in sitting.items():
            self._rooms(opening, by_conference)

    def _rooms(self, opening: Opening, by_conference: dict[int, list[cp_model.IntVar]]) -> None:
        suits = {
            at: frozenset(room.name for room in self.question.diary.free_rooms(opening, self.question.conferences[at]))
            for at in by_conference
        }
        unions: set[frozenset[str]] = set()
        for rooms in sorted(set(suits.values()), key=sorted):
            unions |= {rooms} | {rooms | other for other in unions}
        for union in sorted(unions, key=sorted):
            within = [variable for at, variables in by_conference.items() if suits[at] <= union for variable in variables]
            if len(within) > len(union):
                self.model.add(sum(within) <= len(union))

    def keeping_most(self, chosen: Chosen, *, effort: float, seconds: float) -> tuple[Chosen, bool]:
        """A plan in which as many as can be are in time, from this one on; and whether it is proven that none keeps more."""
        self.model.maximize(sum(self._in_time()))
        better, proven = self._solved(chosen, effort, seconds)
        return (better if better is not None and self.question.kept(better) >= self.question.kept(chosen) else chosen), proven

    def better(self, chosen: Chosen, *, effort: float, seconds: float) -> Chosen:
        """One that keeps no fewer, and comes nearer to all else that is wished for."""
        self.model.add(sum(self._in_time()) >= self.question.kept(chosen))
        self.model.minimize(
            sum(
                (self.question.cost(one, choice) - NO_PLACE) * is_chosen
                for one, choices in zip(self.question.conferences, self.chosen, strict=True)
                for choice, is_chosen in choices.items()
            )
        )
        better, _proven = self._solved(chosen, effort, seconds)
        return better if better is not None and self.question.worth(better) < self.question.worth(chosen) else chosen

    def _in_time(self) -> list[cp_model.IntVar]:
        return [
            is_chosen
            for one, choices in zip(self.question.conferences, self.chosen, strict=True)
            for choice, is_chosen in choices.items()
            if choice[0][0] <= one.last
        ]

    def _solved(self, chosen: Chosen, effort: float, seconds: float) -> tuple[list[Choice | None] | None, bool]:
        """What is found from a plan that is known to be possible, and whether nothing is better."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for choices, now in zip(self.chosen, chosen, strict=True):
            for choice, is_chosen in choices.items():
                self.model.add_hint(is_chosen, choice == now)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1  # several of them race, and then the same question may have two answers
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.linearization_level = LINEAR
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        return [self._taken(solver, choices) for choices in self.chosen], status == cp_model.OPTIMAL

    @staticmethod
    def _taken(solver: cp_model.CpSolver, choices: dict[Choice, cp_model.IntVar]) -> Choice | None:
        return next((choice for choice, is_chosen in choices.items() if solver.boolean_value(is_chosen)), None)
