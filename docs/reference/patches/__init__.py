"""The register of patches: where the portal changes upstream's code, and why.

``docs/reference/patches.md`` is written from it, and ``tests/quality/test_patches.py`` fails when
upstream changes what an entry names, or when the code has a patch that no entry names.
"""

from __future__ import annotations

from . import batches, data, guard
from .register import Patch, fingerprint, seen, source_of

REGISTER: tuple[Patch, ...] = (*guard.PATCHES, *data.PATCHES, *batches.PATCHES)

__all__ = ["REGISTER", "Patch", "fingerprint", "seen", "source_of"]
