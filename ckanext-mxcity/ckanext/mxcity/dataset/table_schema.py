"""The validator of what a file's table is checked against."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks.descriptor import DescriptorError, kept, read_descriptor
from ckanext.mxcity.checks.table_schemas import list_table_schemas
from ckanext.mxcity.city.language import current_language


def mxcity_table_schema(value: Any) -> str:
    """Accept the name of one of the portal's schemas or a Table Schema; keep that as JSON."""
    told = value if isinstance(value, dict) else str(value or "").strip()
    if not told or told in list_table_schemas():
        return str(told or "")
    if isinstance(told, str) and "\n" not in told and not told.startswith("{"):
        sentence = tk._(
            "The portal knows no table schema “{value}”. It knows: {known}. A Table Schema in JSON "
            "is taken too."
        )
        raise tk.Invalid(sentence.format(value=told[:80], known=", ".join(list_table_schemas())))
    try:
        return kept(read_descriptor(told))
    except DescriptorError as error:
        raise tk.Invalid(error.said(current_language())) from error
