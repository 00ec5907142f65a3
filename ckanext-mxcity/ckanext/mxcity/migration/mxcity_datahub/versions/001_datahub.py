"""Create the tables of the DataHub."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "mxcity_datahub_001"
down_revision = None
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("organization_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("modified", sa.DateTime, nullable=False),
    ]


def _asset_link(unique: bool = False) -> sa.Column[str]:
    link = sa.ForeignKey("datahub_asset.id", ondelete="CASCADE")
    return sa.Column("asset_id", sa.UnicodeText, link, nullable=False, index=True, unique=unique)


def _asset() -> None:
    op.create_table(
        "datahub_asset",
        *_record(),
        sa.Column("inv_id", sa.UnicodeText),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("resource_name", sa.UnicodeText),
        sa.Column("description", sa.UnicodeText, nullable=False),
        sa.Column("keywords", sa.UnicodeText),
        sa.Column("area", sa.UnicodeText, nullable=False),
        sa.Column("steward", sa.UnicodeText),
        sa.Column("contact_email", sa.UnicodeText),
        sa.Column("source_system", sa.UnicodeText, nullable=False),
        sa.Column("source_level", sa.UnicodeText),
        sa.Column("extraction", sa.UnicodeText),
        sa.Column("legal_basis", sa.UnicodeText),
        sa.Column("update_frequency", sa.UnicodeText, nullable=False),
        sa.Column("temporal_start", sa.Date),
        sa.Column("spatial_level", sa.UnicodeText),
        sa.Column("format", sa.UnicodeText),
        sa.Column("rows_est", sa.BigInteger),
        sa.Column("has_dictionary", sa.Boolean),
        sa.Column("geocoded", sa.Boolean),
        sa.Column("classification", sa.UnicodeText, nullable=False),
        sa.Column("classification_reason", sa.UnicodeText),
        sa.Column("has_personal_data", sa.Boolean),
        sa.Column("license", sa.UnicodeText),
        sa.Column("status", sa.UnicodeText),
        sa.Column("target_date", sa.Date),
        sa.Column("dataset_id", sa.UnicodeText),
        sa.Column("audience", sa.UnicodeText),
        sa.Column("importance", sa.UnicodeText),
        sa.Column("value_score", sa.BigInteger),
        sa.Column("effort_score", sa.BigInteger),
        sa.Column("demand_signal", sa.BigInteger),
        sa.Column("lgtaip_fraction", sa.UnicodeText),
        sa.Column("sipot_format", sa.UnicodeText),
        sa.Column("snieg_program", sa.UnicodeText),
        sa.Column("iin", sa.UnicodeText),
        sa.UniqueConstraint("organization_id", "inv_id", name="uq_datahub_asset_key"),
    )


def _diagnosis() -> None:
    op.create_table(
        "datahub_diagnosis",
        *_record(),
        _asset_link(unique=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("collected_how", sa.UnicodeText, nullable=False),
        sa.Column("current_use", sa.UnicodeText),
        sa.Column("usable", sa.UnicodeText, nullable=False),
        sa.Column("obstacle", sa.UnicodeText),
        sa.Column("obstacle_note", sa.UnicodeText),
        sa.Column("schema_ref", sa.UnicodeText),
        sa.Column("dictionary", sa.UnicodeText),
        sa.Column("shared_keys", sa.UnicodeText),
        sa.Column("subsystem", sa.UnicodeText),
        sa.Column("maintainer", sa.UnicodeText),
        sa.Column("next_update", sa.Date),
    )


def _sharing() -> None:
    op.create_table(
        "datahub_sharing",
        *_record(),
        _asset_link(unique=True),
        sa.Column("proposed_class", sa.UnicodeText, nullable=False),
        sa.Column("sharing_class", sa.UnicodeText),
        sa.Column("legal_ground", sa.UnicodeText),
        sa.Column("recipients", sa.UnicodeText),
    )


def _stakeholder() -> None:
    op.create_table(
        "datahub_stakeholder",
        *_record(),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("type", sa.UnicodeText, nullable=False),
        sa.Column("interest", sa.UnicodeText),
        sa.Column("dataset_wanted", sa.UnicodeText),
        sa.Column("next_contact", sa.Date),
        sa.Column("consent", sa.Boolean),
    )


def _decision() -> None:
    op.create_table(
        "datahub_decision",
        *_record(),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("decision", sa.UnicodeText, nullable=False),
        sa.Column("assets", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("board_url", sa.UnicodeText),
        sa.Column("internal", sa.Boolean),
        sa.Column("approved", sa.Boolean),
    )


def _milestone() -> None:
    op.create_table(
        "datahub_milestone",
        *_record(),
        _asset_link(),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("owner_role", sa.UnicodeText, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("done", sa.Date),
    )


def _request() -> None:
    op.create_table(
        "datahub_request",
        *_record(),
        _asset_link(),
        sa.Column("requester_id", sa.UnicodeText, nullable=False),
        sa.Column("purpose", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText),
        sa.Column("answer_reason", sa.UnicodeText),
        sa.Column("answered", sa.Date),
    )


def _agreement() -> None:
    op.create_table(
        "datahub_agreement",
        *_record(),
        _asset_link(),
        sa.Column("request_id", sa.UnicodeText, nullable=False),
        sa.Column("grantee_id", sa.UnicodeText, nullable=False),
        sa.Column("dataset_id", sa.UnicodeText, nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date),
        sa.Column("revoked", sa.Date),
        sa.Column("revoke_reason", sa.UnicodeText),
    )


def _succession() -> None:
    op.create_table(
        "datahub_succession",
        *_record(),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("old_name", sa.UnicodeText, nullable=False),
        sa.Column("old_title", sa.UnicodeText, nullable=False),
        sa.Column("successor_id", sa.UnicodeText),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("ground", sa.UnicodeText),
    )


def _change() -> None:
    op.create_table(
        "datahub_change",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("record_id", sa.UnicodeText, nullable=False),
        sa.Column("organization_id", sa.UnicodeText, nullable=False),
        sa.Column("user_id", sa.UnicodeText),
        sa.Column("user_name", sa.UnicodeText, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("what", sa.UnicodeText, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Index("ix_datahub_change_record", "record_id", "id"),
        sa.Index("ix_datahub_change_organization", "organization_id", "id"),
    )


def upgrade() -> None:
    _asset()
    _diagnosis()
    _sharing()
    _stakeholder()
    _decision()
    _milestone()
    _request()
    _agreement()
    _succession()
    _change()


def downgrade() -> None:
    for name in (
        "change",
        "succession",
        "agreement",
        "request",
        "milestone",
        "decision",
        "stakeholder",
        "sharing",
        "diagnosis",
        "asset",
    ):
        op.drop_table(f"datahub_{name}")
