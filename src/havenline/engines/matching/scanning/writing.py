"""A path's bytes as text that can be read back, and that steers no terminal and no spreadsheet.

What prints stands as it is. A backslash is written twice; what does not print, what is no UTF-8, and a first sign that a spreadsheet
would take for a formula stand as `\\x` and two hexadecimal digits for each byte.
"""

import re

FORMULA = "=+-@"
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|(\\))")


def written(path: bytes) -> str:
    text = path.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text and text[:1] not in FORMULA:
        return text
    signs = [_sign(sign) for sign in text]
    if text[0] in FORMULA:
        signs[0] = _bytes(text[0].encode())
    return "".join(signs)


def read(text: str) -> bytes:
    """The path that was written."""
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\", text.encode())


def _sign(sign: str) -> str:
    if sign == "\\":
        return "\\\\"
    return sign if sign.isprintable() else _bytes(sign.encode("utf-8", "surrogateescape"))


def _bytes(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)
