"""A QR code as one drawn path: the page's rules for content allow no picture made of data."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from qrcode.main import QRCode

QUIET = 4  # modules of empty ground around it (ISO/IEC 18004)


def drawn(words: str, *, label: str) -> SafeString:
    """An SVG element of these words; black on white in every theme, as cameras want it."""
    code = QRCode(border=QUIET)
    code.add_data(words)
    matrix = code.get_matrix()
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    ground = mark_safe(f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/>')  # noqa: S308  (numbers of ours)
    return format_html('<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>', label, size, size, ground)
