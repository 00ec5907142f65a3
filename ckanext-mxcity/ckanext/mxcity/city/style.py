"""A city's colours as CSS custom properties, with the shades worked out from them."""

from __future__ import annotations

import hashlib

from ckanext.mxcity.city import Colours

#: Colours of a portal without a city.
NEUTRAL = Colours(primary="#1f3a5f", on_primary="#ffffff", accent="#1f5a96")

#: Shade: (colour of the profile, colour mixed in, share of the latter).
SHADES = {
    "primary-deep": ("primary", "#000000", 0.30),
    "primary-soft": ("primary", "#ffffff", 0.90),
    "primary-line": ("primary", "#ffffff", 0.72),
    "accent-deep": ("accent", "#000000", 0.25),
    "accent-soft": ("accent", "#ffffff", 0.93),
    "accent-line": ("accent", "#ffffff", 0.70),
}


def city_style(colours: Colours | None) -> str:
    """Return the stylesheet with the custom properties ``--mx-…`` of a city.

    Args:
        colours: of the city's profile; None gives neutral ones.

    """
    known = colours or NEUTRAL
    named = {"primary": known.primary, "on-primary": known.on_primary, "accent": known.accent}
    for name, (source, other, share) in SHADES.items():
        named[name] = mix(getattr(known, source), other, share)
    lines = (f"  --mx-{name}: {value};" for name, value in named.items())
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def style_version(colours: Colours | None) -> str:
    """Return a short text that changes when the stylesheet does."""
    return hashlib.sha256(city_style(colours).encode()).hexdigest()[:12]


def mix(colour: str, other: str, share: float) -> str:
    """Return two colours ``#rrggbb`` mixed; ``share`` (0 to 1) is the part of ``other``."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02x}" for a, b in pairs)
