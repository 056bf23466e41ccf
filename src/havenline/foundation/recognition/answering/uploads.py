"""A file of a form (RFC 7578), in memory from the first byte to the last: it is never written, and gone when it is answered."""

import re
from dataclasses import dataclass

from havenline.foundation.recognition.answering.asked import refuse

_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?\bboundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70}?)"?\s*(?:;|$)', re.IGNORECASE)
_NAME = re.compile(rb'(?:^|;)\s*name="([^"\r\n]{0,200})"', re.IGNORECASE)
_FILE = re.compile(rb";\s*filename\*?=", re.IGNORECASE)
MOST_PARTS = 20
LONGEST_HEADERS = 4_000


@dataclass(frozen=True, slots=True)
class Upload:
    """`field`: the name of the form's field. What the file was called is not read."""

    field: str
    data: bytes


def the_file(kind: str, body: bytes) -> Upload:
    """The one file of a form. `kind`: the whole Content-Type. Raises Refused."""
    found = _BOUNDARY.match(kind)
    if found is None:
        refuse(400, "Missing multipart/form-data file upload")
    files = _parts(found[1].strip().encode(), body)
    if not files:
        refuse(400, "Missing multipart/form-data file upload")
    if len(files) > 1:
        refuse(400, "Only one file allowed per request")
    return files[0]


def _parts(boundary: bytes, body: bytes) -> list[Upload]:
    """Each part that is a file. A form that breaks off is refused: half a picture has another hash."""
    delimiter = b"\r\n--" + boundary
    if not body.startswith(delimiter[2:]):
        refuse(400, "The form does not begin with its boundary.")
    begin = len(delimiter) - 2
    files: list[Upload] = []
    for _number in range(MOST_PARTS):
        if body.startswith(b"--", begin):
            return files
        head_ends = body.find(b"\r\n\r\n", begin, begin + LONGEST_HEADERS)
        # A part without headers begins with an empty line, which is the end of the boundary's own.
        ends = body.find(delimiter, head_ends if head_ends >= 0 else begin)
        if head_ends < 0 or ends < 0:
            refuse(400, "The form breaks off.")
        for line in body[begin:head_ends].split(b"\r\n"):
            name, _colon, said = line.partition(b":")
            if name.strip().lower() == b"content-disposition" and _FILE.search(said) and (field := _NAME.search(said.partition(b";")[2])):
                files.append(Upload(field[1].decode("utf-8", "replace"), body[head_ends + 4 : ends]))
        begin = ends + len(delimiter)
    refuse(400, f"The form has more than {MOST_PARTS} parts.")
