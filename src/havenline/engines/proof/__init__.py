"""An append-only log that anyone can verify: canonical JSON, hashes, a chain.

Plain Python, usable alone. A line of an exported log holds everything that its check needs.
"""

from havenline.engines.proof.chain import GENESIS, Broken, Checked, check_export, check_links, link_hash
from havenline.engines.proof.entry import canonical, entry_hash

__all__ = ["GENESIS", "Broken", "Checked", "canonical", "check_export", "check_links", "entry_hash", "link_hash"]
