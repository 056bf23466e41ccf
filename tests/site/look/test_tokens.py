"""The colours hold the contrast that LOOK promises, by day and by night."""

import re
from pathlib import Path

import pytest

import havenline.site

STATIC = Path(havenline.site.__file__).parent / "static"
TEMPLATES = STATIC.parent / "templates"
TOKENS = (STATIC / "tokens.css").read_text()


def _colours(selector: str) -> dict[str, str]:
    block = TOKENS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


THEMES = {"light": _colours('[data-theme="light"] {'), "dark": _colours('\n[data-theme="dark"] {')}

PARTIES = ["hotline", "host", "police", "care", "school"]
TEXT = [
    ("ink", "canvas"),
    ("ink", "sunken"),
    ("ink-2", "canvas"),
    ("ink-2", "sunken"),
    ("ink", "harbour-tint"),
    ("ink-2", "harbour-tint"),
    ("ink", "host-tint"),
    ("harbour", "canvas"),
    ("harbour", "sunken"),
    ("harbour", "harbour-tint"),
    ("harbour-deep", "canvas"),
    ("on-harbour", "harbour"),
    ("on-harbour", "harbour-deep"),
    ("on-band", "band"),
    ("canvas", "ink"),
    ("late", "canvas"),
    ("late", "sunken"),
    ("late", "late-tint"),
    ("canvas", "late"),
    ("today", "canvas"),
    ("today", "today-tint"),
    ("done", "canvas"),
    ("done", "done-tint"),
    *((party, "canvas") for party in PARTIES),
    *((party, "sunken") for party in PARTIES),
    *((party, f"{party}-tint") for party in PARTIES),
]
CONTROLS = [("rule-strong", "canvas"), ("rule-strong", "sunken"), ("today-mark", "canvas"), ("focus", "canvas"), ("focus", "sunken")]


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_words_are_readable_on_their_ground(theme, text, ground):
    colours = THEMES[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), CONTROLS)
def test_controls_and_the_focus_ring_stand_out(theme, line, ground):
    colours = THEMES[theme]
    assert contrast(colours[line], colours[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_one_of_the_two_focus_rings_shows_on_a_harbour_button(theme):
    colours = THEMES[theme]
    assert max(contrast(colours[ring], colours["harbour"]) for ring in ("focus", "canvas")) >= 3


@pytest.mark.parametrize(
    ("theme", "text", "ground", "measured"),
    [
        ("light", "ink", "canvas", 16.3),
        ("light", "ink-2", "sunken", 7.2),
        ("light", "harbour", "canvas", 8.4),
        ("light", "late", "late-tint", 6.6),
        ("light", "today", "today-tint", 7.4),
        ("light", "hotline", "hotline-tint", 6.5),
        ("dark", "ink", "sunken", 16.1),
        ("dark", "late", "late-tint", 7.8),
        ("dark", "focus", "sunken", 13.0),
        ("dark", "school", "school-tint", 8.5),
    ],
)
def test_the_colours_are_those_that_were_measured(theme, text, ground, measured):
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) == pytest.approx(measured, abs=0.06)


def test_the_systems_dark_and_the_persons_dark_are_the_same():
    assert _colours(':root:not([data-theme="light"], [data-theme="dark"]) {') == THEMES["dark"]


def test_every_colour_has_a_dark_one():
    assert THEMES["light"].keys() == THEMES["dark"].keys()


def test_colours_are_written_in_the_tokens_only():
    for name in ("components.css", "public.css", "desk.css", "styleguide.css"):
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / name).read_text()), name


def test_every_token_that_is_used_exists():
    known = set(re.findall(r"--([\w-]+)\s*:", "".join(path.read_text() for path in STATIC.glob("*.css"))))
    for path in STATIC.glob("*.css"):
        # A second value stands in where the first is unset, on purpose.
        used = set(re.findall(r"var\(--([\w-]+)\)", path.read_text()))
        assert used <= known, f"{path.name}: {used - known}"


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_style_sheets_name_no_side_of_the_page(side):
    for path in STATIC.glob("*.css"):
        found = re.findall(rf"(?:^|[\s;{{])(?:margin|padding|border)-{side}\b|[\s;{{]{side}\s*:|text-align:\s*{side}", path.read_text())
        assert not found, f"{path.name}: {found}"


def test_nothing_is_loaded_from_elsewhere():
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *TEMPLATES.rglob("*.html")]:
        assert not re.findall(r"""(?:url\(|src=|import\s)["']?(?:https?:)?//""", path.read_text()), path.name


def test_the_fonts_come_with_their_licence():
    fonts = STATIC / "vendor" / "fonts"
    for face in ("next", "mono"):
        assert list(fonts.glob(f"atkinson-hyperlegible-{face}-latin-*.woff2"))
        assert "SIL Open Font License" in (fonts / f"atkinson-hyperlegible-{face}.LICENSE.txt").read_text()
