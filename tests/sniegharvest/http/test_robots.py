"""robots.txt, as RFC 9309 says and as sites write it."""

from __future__ import annotations

import time

import pytest
from ckanext.mxcity.net.politeness import RobotsRules, parse_robots

NATIONAL = """\ufeff# datos.gob.mx
User-agent: *
Disallow: /dataset/rate/
Disallow: /revision/
Disallow: /dataset/*/history
Disallow: /api/
Crawl-Delay: 10
"""


def told(text: str, agent: str = "MXCity") -> RobotsRules:
    """What a file says to a program."""
    return parse_robots(200, text, agent, now=0.0)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /api/", "/api/3/action/package_search?rows=1", False),
        ("Disallow: /api/", "/API/3", True),
        ("Disallow: /api/\nAllow: /api/feed/", "/api/feed/dcat-us/1.1.json", True),
        ("Allow: /api/feed/\nDisallow: /api/", "/api/search/v1", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*/history", "/dataset/x/history/1", False),
        ("Disallow: /*.json$", "/data.json", False),
        ("Disallow: /*.json$", "/data.json?x=1", True),
        ("Disallow: /*.json$", "/a.json/b.json", False),
        ("Disallow: /*?q=", "/dataset?q=agua", False),
        ("Disallow:", "/x", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /caf%C3%A9", "/café", False),
        ("Disallow: /x # not this", "/x", False),
        ("Disallow /x", "/x", False),
        ("Sitemap: https://a/s.xml\nDisallow: /x", "/x", False),
    ],
)
def test_the_longest_rule_decides(rules: str, path: str, allowed: bool) -> None:
    """Wildcards, ends, spellings and comments are understood; on a tie, allowing wins."""
    refusal = told(f"User-agent: *\n{rules}").refusal(f"https://sitio.example{path}")
    assert (refusal is None) is allowed


def test_our_own_group_counts_alone() -> None:
    """Rules for us, in however many groups, stand instead of those for everybody."""
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Otro\nUser-agent: mxcity\nDisallow: /a\n"
    text += "Crawl-delay: 2.5\nUser-Agent: MXCITY\nDisallow: /b"
    ours = told(text)
    closed = [path for path in ("/a", "/b", "/c") if ours.refusal(f"http://a{path}")]
    assert (closed, ours.crawl_delay) == (["/a", "/b"], 2.5)
    assert told(text, "Tercero").refusal("http://a/c")


def test_the_national_portal_is_understood() -> None:
    """The API is closed, the pages are open, and ten seconds are asked for."""
    site = told(NATIONAL)
    assert site.refusal("https://www.datos.gob.mx/api/3/action/package_search")
    assert site.refusal("https://www.datos.gob.mx/dataset/aire/history")
    assert site.refusal("https://www.datos.gob.mx/dataset/aire") is None
    assert site.crawl_delay == 10


def test_a_file_that_is_an_attack_takes_no_time() -> None:
    """Thousands of stars and rules are looked at in no time."""
    rules = "\n".join(f"Disallow: /{'*a' * 500}b{n}" for n in range(500))
    start = time.monotonic()
    hostile = told(f"User-agent: *\n{rules}\nCrawl-delay: -3")
    assert (hostile.refusal(f"http://a/{'a' * 5000}"), hostile.crawl_delay) == (None, 0)
    assert time.monotonic() - start < 1
