"""The options of the DataHub; nobody else reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

ANSWER_DAYS = "ckanext.mxcity.datahub.answer_days"


def answer_days() -> int:
    """Return in how many working days a request has to be answered."""
    return int(tk.config.get(ANSWER_DAYS) or 20)
