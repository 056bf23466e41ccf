"""An archive -> what in it is known: each file once, its hashes and what they match, never a byte of it.

scan = Scan.begun(asked, to=Path("result.csv"))                  # or where a killed one stood
with Here(Work(root, index)) as hands: scan.run(hands)           # or Cluster(work, address="local")

What was done is in a journal beside the result. A scan that was killed goes on from there: its result has each file once (decision 0083).
"""

from havenline.engines.matching.scanning.errors import AnotherScans, BadJournal, NotAList, OtherScan, ResultExists, ScanError, Unseen
from havenline.engines.matching.scanning.here import Here
from havenline.engines.matching.scanning.journal import Asked, Mark
from havenline.engines.matching.scanning.listing import read_list
from havenline.engines.matching.scanning.looking import Work
from havenline.engines.matching.scanning.rows import Form, Hit, Names, Numbers, Row
from havenline.engines.matching.scanning.scan import Scan
from havenline.engines.matching.scanning.walking import walk

__all__ = [
    "AnotherScans",
    "Asked",
    "BadJournal",
    "Form",
    "Here",
    "Hit",
    "Mark",
    "Names",
    "NotAList",
    "Numbers",
    "OtherScan",
    "ResultExists",
    "Row",
    "Scan",
    "ScanError",
    "Unseen",
    "Work",
    "read_list",
    "walk",
]
