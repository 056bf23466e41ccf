"""An append-only log that anyone can verify: canonical JSON, hashes, a chain, a Merkle tree, signed checkpoints, witnesses.

Plain Python, usable alone. A line of an exported log holds everything that its check needs.
"""

from havenline.engines.proof.chain import GENESIS, Broken, Checked, check_links, link_hash
from havenline.engines.proof.checkpoint import Checkpoint, Opened, open_checkpoint
from havenline.engines.proof.copy import CheckedCopy, check_copy, check_proof, digest_of, write_copy, write_proof
from havenline.engines.proof.entry import canonical, entry_hash
from havenline.engines.proof.export import (
    KEY_CHANGED,
    CheckedExport,
    check_export,
    count_of,
    line_of_checkpoint,
    line_of_entry,
    line_of_head,
    line_of_keys,
)
from havenline.engines.proof.folder import Folder
from havenline.engines.proof.note import (
    COSIGNS,
    SIGNS,
    BadKey,
    BadNote,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    encoded,
    read_signatures,
    signed,
)
from havenline.engines.proof.promise import Shown, check_statement, commitment, promised, statement, tree_of
from havenline.engines.proof.tree import EMPTY_ROOT, STRIDE, Frontier, NotProved, Tree, grown, verify_consistency, verify_inclusion
from havenline.engines.proof.witness import REWRITE, SPLIT_VIEW, Answer, Evidence, Witness, request

__all__ = [
    "COSIGNS",
    "EMPTY_ROOT",
    "GENESIS",
    "KEY_CHANGED",
    "REWRITE",
    "SIGNS",
    "SPLIT_VIEW",
    "STRIDE",
    "Answer",
    "BadKey",
    "BadNote",
    "Broken",
    "Checked",
    "CheckedCopy",
    "CheckedExport",
    "Checkpoint",
    "Evidence",
    "Folder",
    "Frontier",
    "NotProved",
    "Note",
    "Opened",
    "Shown",
    "Signature",
    "SigningKey",
    "Tree",
    "VerifierKey",
    "Witness",
    "canonical",
    "check_copy",
    "check_export",
    "check_links",
    "check_proof",
    "check_statement",
    "commitment",
    "count_of",
    "digest_of",
    "encoded",
    "entry_hash",
    "grown",
    "line_of_checkpoint",
    "line_of_entry",
    "line_of_head",
    "line_of_keys",
    "link_hash",
    "open_checkpoint",
    "promised",
    "read_signatures",
    "request",
    "signed",
    "statement",
    "tree_of",
    "verify_consistency",
    "verify_inclusion",
    "write_copy",
    "write_proof",
]
