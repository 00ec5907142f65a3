"""Actions of the search."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SolrConnectionError
from ckan.types import Action, Context, DataDict

from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.mxcity.search import notice, solr_requests
from ckanext.mxcity.search.question import is_plain
from ckanext.mxcity.search.ranking import OWN_PARAMETERS
from ckanext.mxcity.search.second_tries import Trial, second_tries

__all__ = ["mxcity_search_suggest", "package_search"]

_LIMIT, _MOST = 6, 15
#: The parameter of the page that refuses corrections; what begins with ``ext_`` is for plugins.
LITERAL = "ext_literal"


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
    """Search datasets; a plain question that finds nothing is asked loosely, or corrected.

    The answer then has a key ``mxcity_search`` with ``asked``, ``answered`` (the words that were
    searched for), ``relaxed`` (true where not all of them had to be there) and ``offered`` (another
    spelling that finds something, or null). With ``ext_literal`` among the ``extras``, as the page
    puts it there, nothing but what was typed is searched for.
    """
    answer: dict[str, Any] = original(context, dict(data_dict))
    q = str(data_dict.get("q") or "")
    ours = not any(data_dict.get(name) for name in (*OWN_PARAMETERS, "mm"))
    if answer["count"] or not ours or not is_plain(q):
        return answer

    def ask(trial: Trial, **params: Any) -> dict[str, Any]:
        loosely = {"mm": "1"} if trial.relaxed else {}
        found: dict[str, Any] = original(
            context, {**data_dict, "q": trial.words, **loosely, **params}
        )
        return found

    spelling = solr_requests.spelling(q)
    literal = bool((data_dict.get("extras") or {}).get(LITERAL))
    said = {"asked": q, "answered": q, "relaxed": False, "offered": None}
    for trial in [] if literal else second_tries(q, spelling):
        again = ask(trial)
        if again["count"]:
            answer = again
            relaxed = {"answered": q, "relaxed": True}
            said |= relaxed if trial.relaxed else {"answered": trial.words}
            break
    other = spelling.offered
    if other and other != said["answered"] and ask(Trial(other, False), rows=0)["count"]:
        said["offered"] = other
    if answer["count"] or said["offered"]:
        answer["mxcity_search"] = said
        notice.keep(said)
    return answer
