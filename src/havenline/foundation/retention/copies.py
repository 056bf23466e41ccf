"""A tombstone holds no words: a reference, a rule, days and a name. Why a record was held goes with it."""

from havenline.foundation.retention.models import Erasure, Hold, JournalLine, Restoration
from havenline.foundation.sealing import copies

copies.emptied(Hold, "record", "reason_sealed", "release_sealed")
copies.emptied(Erasure, "record", kept=dict.fromkeys(("rule", "rule_digest", "problem"), "codes and phrases of ours"))
copies.of_no_record(JournalLine, "digests")
copies.of_no_record(Restoration, "two moments and a signature")
