"""Requests of one ministry for another's data, what is answered, and what that opens."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub import store
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.logic.schema import validate
from ckanext.mxcity.datahub.logic.validators import blank, converter
from ckanext.mxcity.datahub.logic.verbs import author, finish
from ckanext.mxcity.datahub.model import Agreement, Asset, Request
from ckanext.mxcity.datahub.sql import linked_datasets

PENDING, GRANTED, REFUSED = "pendiente", "concedida", "negada"


def datahub_request_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask another ministry for the data of one of its assets.

    Editors and administrators of the ministry that asks may call it: ``ckanapi action
    datahub_request_create asset_id=… requester_id=mty-movilidad purpose="Cruzar choques"``.

    Args:
        context: CKAN's context.
        data_dict: ``asset_id``, ``requester_id`` (id or name of the ministry that asks) and
            ``purpose``.

    Returns:
        The request; its ``organization_id`` is the ministry that is asked.

    """
    tk.check_access("datahub_request_create", context, data_dict)
    asset = model.Session.get(Asset, str(data_dict.get("asset_id") or ""))
    if asset is None:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    asked = {name: data_dict.get(name) for name in ("asset_id", "requester_id", "purpose")}
    values = {**validate(records.kind_of("request"), asked, context), "state": PENDING}
    record = store.create("request", asset.organization_id, values, author(context))
    finish(context)
    return record.dictize()


def datahub_request_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Grant or refuse a request. A grant opens the asset's dataset to the ministry that asked.

    Administrators of the ministry that is asked may call it: ``ckanapi action
    datahub_request_answer id=… state=concedida answer_reason="Convenio 12" ends=2027-12-31``.

    Args:
        context: CKAN's context.
        data_dict: ``id``; ``state``, ``concedida`` or ``negada``; ``answer_reason``; ``ends``, the
            last day of a grant, left out when it has none.

    Returns:
        The request, with ``agreement_id`` when it was granted.

    Raises:
        ValidationError: it was answered before, has no reason, or there is no dataset to open.

    """
    tk.check_access("datahub_request_answer", context, data_dict)
    request: Any = records.stored("request", data_dict, lock=True)
    told = _answer(request, data_dict)
    agreement_id = None
    if told["state"] == GRANTED:
        values = {
            "asset_id": request.asset_id,
            "request_id": request.id,
            "grantee_id": request.requester_id,
            "dataset_id": _dataset_of(request.asset_id),
            "starts": today(),
            "ends": told.pop("ends"),
        }
        opened = store.create("agreement", request.organization_id, values, author(context))
        agreement_id = opened.id
    told.pop("ends", None)
    store.change(request, {**told, "answered": today()}, author(context))
    finish(context)
    return {**request.dictize(), "agreement_id": agreement_id}


def datahub_agreement_revoke(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End a sharing agreement at once.

    Administrators of the ministry that owns the data may call it: ``ckanapi action
    datahub_agreement_revoke id=… revoke_reason="Terminó el proyecto"``.

    Args:
        context: CKAN's context.
        data_dict: ``id`` and ``revoke_reason``.

    Returns:
        The agreement; ``revoked`` is the day.

    """
    tk.check_access("datahub_agreement_revoke", context, data_dict)
    agreement: Any = records.stored("agreement", data_dict, lock=True)
    reason = str(data_dict.get("revoke_reason") or "").strip()
    if not reason:
        raise tk.ValidationError({"revoke_reason": [tk._("Missing value")]})
    if agreement.revoked is not None:
        raise tk.ValidationError({"id": [tk._("The agreement has ended already.")]})
    values = {"revoked": today(), "revoke_reason": reason}
    store.change(agreement, values, author(context))
    finish(context)
    result: dict[str, Any] = agreement.dictize()
    return result


def refuse_while_shared(asset_id: str) -> None:
    """Keep an asset from being deleted while a dataset of it is open to another ministry.

    Raises:
        ValidationError: an agreement is in force.

    """
    query = sa.select(Agreement.id).where(
        Agreement.asset_id == asset_id, *Agreement.in_force(today())
    )
    if model.Session.scalar(query) is not None:
        message = tk._("The asset is shared by an agreement in force: revoke it first.")
        raise tk.ValidationError({"id": [message]})


def _answer(request: Request, data_dict: DataDict) -> dict[str, Any]:
    """Return the checked answer: ``state``, ``answer_reason`` and ``ends``."""
    if request.state != PENDING:
        raise tk.ValidationError({"id": [tk._("The request has been answered already.")]})
    errors: dict[str, list[str]] = {}
    state = str(data_dict.get("state") or "").strip()
    if state not in (GRANTED, REFUSED):
        errors["state"] = [tk._("Choose whether the request is granted or refused.")]
    reason = str(data_dict.get("answer_reason") or "").strip()
    if not reason:
        errors["answer_reason"] = [tk._("Missing value")]
    ends = None
    if not blank(data_dict.get("ends")):
        try:
            ends = converter(records.kind_of("agreement").by_name["ends"])(data_dict["ends"])
        except tk.Invalid as error:
            errors["ends"] = [str(error.error)]
        else:
            if ends < today():
                errors["ends"] = [tk._("The last day is in the past.")]
    if errors:
        raise tk.ValidationError({**errors})
    return {"state": state, "answer_reason": reason, "ends": ends}


def _dataset_of(asset_id: str) -> str:
    links = linked_datasets()
    found = model.Session.scalar(sa.select(links.c.dataset_id).where(links.c.asset_id == asset_id))
    if found is None:
        message = tk._(
            "The asset has no dataset in the portal yet. Publish it first, as a private dataset, "
            "and then grant the request."
        )
        raise tk.ValidationError({"asset_id": [message]})
    return str(found)
