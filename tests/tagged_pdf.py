"""Whether a PDF can be read by a screen reader and taken by a court: what PDF/UA-1 asks, looked for in the file itself."""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

MARKED, ENDED = {b"BMC", b"BDC"}, b"EMC"
SHOWN = {b"Tj", b"TJ", b"'", b'"', b"Do", b"sh", b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"EI"}


def flaws(file: bytes) -> list[str]:
    """What keeps it from being an accessible document; nothing is as it should be."""
    reader = PdfReader(BytesIO(file))
    return [*_of_the_document(reader), *_of_its_tree(reader), *(flaw for page in reader.pages for flaw in _of_a_page(reader, page))]


def _of_the_document(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "it is not marked as tagged"
    if not str(root.get("/Lang", "")):
        yield "it says no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "a reader's window shows the file's name, not its title"
    if not (reader.metadata and reader.metadata.title):
        yield "it has no title"
    said = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    if "pdfuaid:part" not in said:
        yield "it does not say that it is PDF/UA"


def _of_its_tree(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    if "/StructTreeRoot" not in root:
        yield "it has no structure"
        return
    if "/ParentTree" not in root["/StructTreeRoot"]:
        yield "what stands on a page does not lead to its place in the structure"
    kinds = list(_kinds(root["/StructTreeRoot"]))
    if kinds.count("H1") != 1:
        yield f"it has {kinds.count('H1')} first headings"
    levels = [int(kind[1:]) for kind in kinds if kind[:1] == "H" and kind[1:].isdecimal()]
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield "a level of headings is left out"
    for table in _all(root["/StructTreeRoot"], "Table"):
        if "TH" not in list(_kinds(table)):
            yield "a table has no heads"


def _of_a_page(reader: PdfReader, page: Any) -> Iterator[str]:
    number = (reader.get_page_number(page) or 0) + 1
    if page.get("/Tabs") != "/S" and page.get("/Annots"):
        yield f"page {number}: its links are not in the order of the structure"
    if "/StructParents" not in page:
        yield f"page {number} leads nowhere in the structure"
    for font in page.get("/Resources", {}).get("/Font", {}).values():
        if not _is_embedded(font.get_object()):
            yield f"page {number}: a font is not in the file"
    depth = 0
    content = page.get_contents()
    for _operands, operator in ContentStream(content, reader).operations if content is not None else ():
        if operator in MARKED:
            depth += 1
        elif operator == ENDED:
            depth -= 1
        elif operator in SHOWN and depth < 1:
            yield f"page {number}: something is drawn that is neither content nor said to be decoration"
            return


def _is_embedded(font: Any) -> bool:
    held = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    described = held.get("/FontDescriptor", {})
    return any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3")) and "/ToUnicode" in font


def _all(node: Any, kind: str) -> Iterator[Any]:
    for one in _under(node):
        if str(one.get("/S", "")).lstrip("/") == kind:
            yield one
        yield from _all(one, kind)


def _kinds(node: Any) -> Iterator[str]:
    for one in _under(node):
        yield str(one.get("/S", "")).lstrip("/")
        yield from _kinds(one)


def _under(node: Any) -> Iterator[Any]:
    held = node.get("/K", [])
    held = held.get_object() if hasattr(held, "get_object") else held
    for one in held if isinstance(held, list) else [held]:
        child = one.get_object() if hasattr(one, "get_object") else one
        if hasattr(child, "get") and "/S" in child:
            yield child
