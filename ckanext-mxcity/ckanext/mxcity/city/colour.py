"""Contrast of two colours, as WCAG 2.2 defines it."""

from __future__ import annotations

#: Success criterion 1.4.3 for text of normal size.
MINIMUM_CONTRAST = 4.5


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours ``#rrggbb``, between 1 and 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
