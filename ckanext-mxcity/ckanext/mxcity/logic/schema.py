"""What the actions of the mxcity plugin take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

DEFAULT_AREAS = 10


@validator_args
def mxcity_area_autocomplete(
    not_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    """Return the schema of ``mxcity_area_autocomplete``."""
    return {
        "q": [not_missing, unicode_safe],
        "limit": [default(DEFAULT_AREAS), natural_number_validator],
    }
