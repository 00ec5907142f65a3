"""The pages of the mxcity plugin."""

from __future__ import annotations

from flask import Blueprint

from ckanext.mxcity.views import face


def get_blueprints() -> list[Blueprint]:
    """Return every blueprint of the plugin."""
    return [face.blueprint]
