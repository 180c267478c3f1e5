import re

import pytest

from alerts.console.assets import FOLDER

TEXT_ON = {
    "ink": ("paper", "desk", "blue-wash", "warm-wash"),
    "soft": ("paper", "desk", "blue-wash", "warm-wash"),
    "blue": ("paper", "desk", "blue-wash"),
    "warm": ("paper", "desk", "warm-wash"),
    "live": ("paper",),
    "on-warm": ("warm",),
}
SHAPES_ON = {"blue": ("land", "track"), "warm": ("land", "track"), "soft": ("desk",)}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_shapes_stand_out_in_both_themes(theme):
    colours = themes()[theme]
    for needed, pairs in ((4.5, TEXT_ON), (3.0, SHAPES_ON)):
        for front, backs in pairs.items():
            for back in backs:
                assert contrast(colours[front], colours[back]) >= needed, f"--{front} on --{back}"


def test_nothing_moves_by_itself():
    styles = {path.name: path.read_text() for path in FOLDER.glob("*.css")}
    assert [name for name, css in styles.items() if re.search("animation|transition|scroll-behavior", css)] == []


def themes():
    css = (FOLDER / "console.css").read_text()
    return [dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", block)) for block in re.findall(r":root \{([^}]*)\}", css)]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part):
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
