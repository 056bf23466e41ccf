"""A diary of conferences: what stands, what is free, what is in whose way, and a plan that keeps every date that can be kept.

    diary.conflicts(diary)                     # whatever is held twice, on a day off, by somebody who is not there
    next(diary.free_places(conference), None)  # the first place within its window
    propose(diary, conferences)                # the best plan; what it does not keep has its reason

Usable on its own. `propose` needs OR-Tools; `in_order`, which goes by due date alone, needs nothing.
"""

from .capacity import DAYS_A_WEEK, Task, finished
from .diary import Chair, Conference, Conflict, Diary, Meeting, Opening, Place, Room, Sitting, Trouble, conflicts
from .planning import NotKept, Placed, Plan, SolverMissing, Why, in_order, propose

__all__ = [
    "DAYS_A_WEEK",
    "Chair",
    "Conference",
    "Conflict",
    "Diary",
    "Meeting",
    "NotKept",
    "Opening",
    "Place",
    "Placed",
    "Plan",
    "Room",
    "Sitting",
    "SolverMissing",
    "Task",
    "Trouble",
    "Why",
    "conflicts",
    "finished",
    "in_order",
    "propose",
]
