"""An uploaded picture becomes its hashes, in memory, and is gone."""

from dataclasses import dataclass
from functools import cache

from havenline.engines.matching import pdq
from havenline.engines.matching.hashing import HashingFailed, HashingPool
from havenline.foundation.recognition.answering.asked import Asked, refuse
from havenline.foundation.recognition.answering.uploads import the_file

FIELDS = ("photo", "file", "image")  # HMA's content type, and what others call it


@dataclass(frozen=True, slots=True)
class Uploaded:
    pdq: bytes
    quality: int
    sha256: bytes
    md5: bytes

    @property
    def matchable(self) -> bool:
        return pdq.may_match_by_itself(self.pdq, self.quality)


@cache
def _pool() -> HashingPool:
    """A process of this worker's that decodes and can do nothing else: no file, no network. It is killed with a picture that harms it."""
    return HashingPool(1)


def of_upload(asked: Asked) -> Uploaded:
    """Raises Refused: no form, no picture, too large; says which."""
    upload = the_file(str(asked.environ.get("CONTENT_TYPE", "")), asked.body())
    if upload.field not in FIELDS:
        refuse(400, f"no such content_type: '{upload.field[:40]}'")
    try:
        found = _pool().hash(upload.data)
    except HashingFailed as error:
        refuse(400, f"This file cannot be hashed: {error}")
    return Uploaded(pdq.parse(found.pdq), found.quality, bytes.fromhex(found.sha256), bytes.fromhex(found.md5))
