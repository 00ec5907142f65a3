"""The stylesheet that gives the portal its city's colours."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ckanext.mxcity.city import settings
from ckanext.mxcity.city.style import city_style, style_version

#: Seconds that a browser may keep the stylesheet; its address changes with its content.
MAX_AGE = 7 * 24 * 3600

blueprint = Blueprint("mxcity_face", __name__)


@blueprint.route("/mxcity/ciudad.css")
def city_css() -> Response:
    """Answer the city's colours as CSS custom properties, neutral ones without a profile."""
    city = settings.city()
    colours = city.colours if city else None
    response = Response(city_style(colours), mimetype="text/css")
    response.set_etag(style_version(colours))
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    response.make_conditional(request)
    return response
