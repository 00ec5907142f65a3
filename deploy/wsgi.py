"""The web application, for gunicorn: CKAN as ``CKAN_INI`` configures it."""

from __future__ import annotations

import os

from ckan import authz
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.logic import get_action

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())

# Made once, before there are threads, instead of at the first request that needs them.
get_action("package_show")
authz.auth_functions_list()
