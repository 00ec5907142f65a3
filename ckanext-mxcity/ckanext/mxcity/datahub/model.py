"""The DataHub's tables. Every row belongs to an organisation and has a version.

No foreign key leads to a table of CKAN's: an upgrade of CKAN may change those.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped

from ckanext.mxcity.datahub.fields import Kind, kinds
from ckanext.mxcity.ground import clock

Base: Any = tk.BaseModel


def _now() -> dt.datetime:
    return clock.utc_now()


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.UnicodeText, **options)


def _common() -> list[sa.Column[Any]]:
    """Return the columns that every kind of record has."""
    return [
        _text("id", primary_key=True, default=lambda: str(uuid.uuid4())),
        _text("organization_id", nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False, default=1),
        sa.Column("created", sa.DateTime, nullable=False, default=_now),
        sa.Column("modified", sa.DateTime, nullable=False, default=_now, onupdate=_now),
    ]


def _asset_link(unique: bool = False) -> sa.Column[Any]:
    link = sa.ForeignKey("datahub_asset.id", ondelete="CASCADE")
    return sa.Column("asset_id", sa.UnicodeText, link, nullable=False, index=True, unique=unique)


_TYPES: dict[str, Any] = {
    "boolean": sa.Boolean,
    "date": sa.Date,
    "integer": sa.BigInteger,
    "rows": ARRAY(sa.UnicodeText),
}


def _table(name: str, *constraints: Any) -> sa.Table:
    """Return the table of a kind: the common columns, its asset if it has one, its fields."""
    kind = kinds()[name]
    link = [_asset_link(kind.one_per_asset)] if kind.of_asset else []
    columns = [
        sa.Column(field.name, _TYPES.get(field.type, sa.UnicodeText), nullable=not field.required)
        for field in kind.fields
    ]
    return sa.Table(f"datahub_{name}", Base.metadata, *_common(), *link, *columns, *constraints)


class Record(Base):
    """What the kinds of record share."""

    __abstract__ = True

    KIND: ClassVar[str]

    id: Mapped[str]
    organization_id: Mapped[str]
    version: Mapped[int]
    created: Mapped[dt.datetime]
    modified: Mapped[dt.datetime]

    @classmethod
    def definition(cls) -> Kind:
        """Return the definition of this kind of record."""
        return kinds()[cls.KIND]

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Return the names of what people write: the asset it belongs to and the fields."""
        kind = cls.definition()
        link = ("asset_id",) if kind.of_asset else ()
        return (*link, *(field.name for field in kind.fields))

    def values(self) -> dict[str, Any]:
        """Return what people wrote, as plain data: dates as ISO 8601 text."""
        return {name: plain(getattr(self, name)) for name in self.column_names()}

    def dictize(self) -> dict[str, Any]:
        """Return the whole record as plain data for the API; times are ISO 8601 in UTC."""
        return {
            "id": self.id,
            "organization_id": self.organization_id,
            "version": self.version,
            "created": self.created.isoformat(),
            "modified": self.modified.isoformat(),
            **self.values(),
        }


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, (list, tuple)) else value


class Asset(Record):
    """Something that a ministry holds, whether or not there is a file of it."""

    KIND = "asset"
    __table__ = _table(
        "asset", sa.UniqueConstraint("organization_id", "inv_id", name="uq_datahub_asset_key")
    )

    inv_id: Mapped[str]
    title: Mapped[str]
    dataset_id: Mapped[str | None]


class Diagnosis(Record):
    """How an asset is collected and used, and what stands in the way."""

    KIND = "diagnosis"
    __table__ = _table("diagnosis")

    asset_id: Mapped[str]
    usable: Mapped[str]
    obstacle: Mapped[str | None]
    next_update: Mapped[dt.date | None]


class Sharing(Record):
    """With whom an asset may be shared."""

    KIND = "sharing"
    __table__ = _table("sharing")

    asset_id: Mapped[str]
    proposed_class: Mapped[str]
    sharing_class: Mapped[str | None]


class Stakeholder(Record):
    """Somebody outside whom the ministry works with."""

    KIND = "stakeholder"
    __table__ = _table("stakeholder")

    consent: Mapped[bool | None]


class Decision(Record):
    """What was decided with data."""

    KIND = "decision"
    __table__ = _table("decision")

    assets: Mapped[list[str]]
    internal: Mapped[bool | None]
    approved: Mapped[bool | None]


class Milestone(Record):
    """A step of the plan for an asset."""

    KIND = "milestone"
    __table__ = _table("milestone")

    asset_id: Mapped[str]
    due: Mapped[dt.date]
    done: Mapped[dt.date | None]


class Request(Record):
    """A ministry's request for an asset of another; it belongs to the one that is asked."""

    KIND = "request"
    __table__ = _table("request")

    asset_id: Mapped[str]
    requester_id: Mapped[str]
    state: Mapped[str | None]
    answer_reason: Mapped[str | None]
    answered: Mapped[dt.date | None]


class Agreement(Record):
    """What a granted request opens: one dataset, to one ministry, until a date."""

    KIND = "agreement"
    __table__ = _table("agreement")

    asset_id: Mapped[str]
    grantee_id: Mapped[str]
    dataset_id: Mapped[str]
    ends: Mapped[dt.date | None]
    revoked: Mapped[dt.date | None]

    @classmethod
    def in_force(cls, today: dt.date) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of an agreement that opens its dataset on a day."""
        return [cls.revoked.is_(None), sa.or_(cls.ends.is_(None), cls.ends >= today)]


class Succession(Record):
    """A ministry that was renamed, merged or closed; it belongs to the one that changed."""

    KIND = "succession"
    __table__ = _table("succession")

    successor_id: Mapped[str | None]
    old_name: Mapped[str]
    old_title: Mapped[str]


class Change(Base):
    """One line of the log: who changed what, when, and what it was before and after."""

    __table__ = sa.Table(
        "datahub_change",
        Base.metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("kind", nullable=False),
        _text("record_id", nullable=False),
        _text("organization_id", nullable=False),
        _text("user_id"),
        _text("user_name", nullable=False),
        sa.Column("at", sa.DateTime, nullable=False, default=_now),
        #: ``create``, ``update`` or ``delete``.
        _text("what", nullable=False),
        #: The version that the change made.
        sa.Column("version", sa.Integer, nullable=False),
        #: Only the fields that differ.
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Index("ix_datahub_change_record", "record_id", "id"),
        sa.Index("ix_datahub_change_organization", "organization_id", "id"),
    )

    id: Mapped[int]
    kind: Mapped[str]
    record_id: Mapped[str]
    organization_id: Mapped[str]
    user_id: Mapped[str | None]
    user_name: Mapped[str]
    at: Mapped[dt.datetime]
    what: Mapped[str]
    version: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    def dictize(self) -> dict[str, Any]:
        """Return the line as plain data; the time is ISO 8601 in UTC."""
        names = ("kind", "record_id", "organization_id", "user_name", "what", "version")
        told = {name: getattr(self, name) for name in names}
        return {**told, "at": self.at.isoformat(), "before": self.before, "after": self.after}


MODELS: dict[str, type[Record]] = {
    model.KIND: model
    for model in (
        Asset, Diagnosis, Sharing, Stakeholder, Decision, Milestone, Request, Agreement, Succession,
    )
}  # fmt: skip
