"""Write one dataset through CKAN's actions, for portals where a plugin changes them."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.logic import package_show_default_and_custom_schemas
from ckan.types import Context

from ckanext.sniegharvest.engine.identity import provenance
from ckanext.sniegharvest.engine.records import Change
from ckanext.sniegharvest.engine.write.bulk import objects


def write(change: Change, job_id: str, source_id: str, user: str) -> None:
    """Create or update a dataset in a transaction of its own; the index is not committed."""
    context: Context = {"session": model.Session, "user": user, "ignore_auth": True}
    action = tk.get_action(f"package_{change.action}")
    deferred: Context = {**context, "defer_commit": True, "return_id_only": True}
    action(deferred, dict(change.package))
    objects.note([change], job_id, source_id)
    provenance.owned([change], source_id)
    model.Session.commit()
    default, own = package_show_default_and_custom_schemas(context, change.package_id)
    search.index_for("Package").update_dict(
        {**default, "with_custom_schema": own}, defer_commit=True
    )
