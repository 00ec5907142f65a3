"""One form for a record, so that two copies can be compared by a hash."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

#: Keys that change although nobody touched the dataset (counters, checks, harvest marks).
VOLATILE = frozenset(
    {
        "archiver",
        "cache_last_updated",
        "dataset_preview",
        "last_check",
        "metadata_modified",
        "num_resources",
        "num_tags",
        "openness_score",
        "package_links",
        "qa",
        "revision_id",
        "revision_timestamp",
        "total_res_downloads",
        "tracking_summary",
        "pageviews_last_14_days",
        "webstore_last_updated",
    }
)


def canonical(value: Any) -> Any:
    """Return a value that JSON can hold: text keys, no NaN, no lone surrogates."""
    if isinstance(value, Mapping):
        made = {_text(str(key)): canonical(entry) for key, entry in value.items()}
        if len(made) == len(value):
            return made
        # Keys that are one once they are cleaned: their order does not say which of them stays.
        ordered = sorted(value.items(), key=lambda pair: str(pair[0]))
        return {_text(str(key)): canonical(entry) for key, entry in ordered}
    if isinstance(value, (list, tuple)):
        return [canonical(entry) for entry in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _text(str(value))


def serialised(value: Any) -> str:
    """Return canonical JSON: keys in order, no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a canonical record, without its volatile keys."""
    return hashlib.sha256(serialised(_stable(record)).encode("utf-8")).hexdigest()


def _stable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _stable(entry) for key, entry in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [_stable(entry) for entry in value]
    return value


def _text(text: str) -> str:
    # A lone surrogate (an escape in JSON) cannot be stored as UTF-8; NUL cannot in PostgreSQL.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
