"""Actions of the search."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SolrConnectionError
from ckan.types import Action, Context, DataDict

from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.mxcity.search import notice, solr_requests
from ckanext.mxcity.search.question import essence, is_plain
from ckanext.mxcity.search.ranking import OWN_PARAMETERS

__all__ = ["mxcity_search_suggest", "package_search"]

_LIMIT, _MOST = 6, 15


@tk.side_effect_free
def mxcity_search_suggest(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """Suggest tags and titles of public datasets for what is being typed.

    Args:
        q: what was typed so far; the last word may be incomplete.
        limit: how many at most, 6 unless told, never more than 15.

    Returns:
        A list of ``{"type": "tag", "text"}`` and ``{"type": "dataset", "text", "name"}``.

    Example::

        ckanapi action mxcity_search_suggest q=alumbr

    """
    tk.check_access("mxcity_search_suggest", context, data_dict)
    limit = whole_argument(data_dict, "limit", _LIMIT, _MOST, least=1)
    try:
        return solr_requests.suggest(str(data_dict.get("q") or ""), limit)
    except SearchError as error:
        raise SolrConnectionError(str(error)) from error


@tk.chained_action
@tk.side_effect_free
def package_search(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Search datasets; a plain question that finds nothing is corrected, then asked loosely.

    The answer then has a key ``mxcity_search`` with ``asked``, ``answered`` (the words that were
    searched for) and ``relaxed`` (true where not all of them had to be there).
    """
    answer: dict[str, Any] = original(context, dict(data_dict))
    q = str(data_dict.get("q") or "")
    ours = not any(data_dict.get(name) for name in (*OWN_PARAMETERS, "mm"))
    if answer["count"] or not ours or not is_plain(q):
        return answer
    corrected = solr_requests.correct(q)
    trials: list[tuple[str, bool]] = [(corrected, False)] if corrected else []
    if len(essence(q).split()) > 1:
        trials.append((q, True))
    for words, relaxed in trials:
        again: dict[str, Any] = original(
            context, {**data_dict, "q": words, **({"mm": "1"} if relaxed else {})}
        )
        if again["count"]:
            again["mxcity_search"] = {"asked": q, "answered": words, "relaxed": relaxed}
            notice.keep(again["mxcity_search"])
            return again
    return answer
