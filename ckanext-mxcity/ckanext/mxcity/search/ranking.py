"""How the fields of our schema weigh in a search.  No CKAN here."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.search.question import essence, is_plain

#: Title first, then what the publisher filed it under, everything, what tables hold, without ñ.
QUERY_FIELDS = (
    "mxcity_title^6 mxcity_keywords^2.5 mxcity_text^1.2 mxcity_data^0.6 mxcity_folded^0.3"
)
#: Up to two words: all of them; beyond, three in four.
MINIMUM_MATCH = "2<75%"
#: Carries the words to the query in solrconfig.xml.  CKAN sends `q.op=AND` with every search, which
#: leaves `mm` without effect in edismax and may not be changed, since filters depend on it: so `q`
#: is blank, Solr falls back to `q.alt`, and that asks for these words with an operator of its own.
WORDS = "mxcity_q"
BLANK = " "
#: How much the other fields count beside the best one.
TIE = "0.2"
#: What was typed, letter for letter; the named query is in solrconfig.xml.
EXACT_FIRST = "product(0.6,query($mxcity_exact,0))"
#: Parameters by which a caller says how to search; with one of them, the search is theirs.
OWN_PARAMETERS = ("defType", "qf")


def rank(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a search with our fields and weights added.

    Left alone: a caller's own parser or fields, a search for everything, and Solr's query language
    with a field in it.
    """
    q = str(params.get("q") or "").strip()
    if any(params.get(name) for name in OWN_PARAMETERS) or q in ("", "*", "*:*"):
        return params
    if is_plain(q):
        q = essence(q) or q
    elif ":" in q:
        return params
    ours = {"defType": "edismax", "qf": QUERY_FIELDS, "tie": TIE, "bf": EXACT_FIRST}
    return {**ours, "mm": MINIMUM_MATCH, **_given(params), "q": BLANK, WORDS: q}


def _given(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that have a value."""
    return {key: value for key, value in params.items() if value is not None}
