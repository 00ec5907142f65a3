"""Permission labels: open a private dataset to the members of one ministry by agreement.

Each dataset that is not public has a label of its own, and the members of a ministry carry the
labels of the datasets that are open to it on that day. So a grant, a revocation and the last day
count at once, without a write to the search index. Resources and tables follow: CKAN asks for the
right to see their dataset.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub.model import Agreement
from ckanext.mxcity.datahub.rights import memberships

PREFIX = "datahub-shared-"


class PermissionLabelsMixin(DefaultPermissionLabels):
    """IPermissionLabels: CKAN's own labels, and one for a dataset that may be shared."""

    def get_dataset_labels(self, dataset_obj: Any) -> list[str]:
        """Return CKAN's labels of a dataset, and its own when it is active and private."""
        labels: list[str] = super().get_dataset_labels(dataset_obj)
        if dataset_obj.state == "active" and dataset_obj.private:
            labels.append(f"{PREFIX}{dataset_obj.id}")
        return labels

    def get_user_dataset_labels(self, user_obj: Any) -> list[str]:
        """Return CKAN's labels of a user, and those of what is shared with their ministries."""
        labels: list[str] = super().get_user_dataset_labels(user_obj)
        if not user_obj or user_obj.is_anonymous:
            return labels
        package: Any = model.Package
        shared = (
            sa.select(Agreement.dataset_id)
            .join(package, package.id == Agreement.dataset_id)
            .where(
                Agreement.grantee_id.in_(memberships(user_obj.id)),
                package.owner_org == Agreement.organization_id,
                *Agreement.in_force(today()),
            )
            .distinct()
        )
        return [*labels, *(f"{PREFIX}{found}" for found in model.Session.scalars(shared))]
