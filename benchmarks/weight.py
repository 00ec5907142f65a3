"""What a page weighs on a phone, and when its largest part is seen: a cold visit in Chromium.

The network and the processor are slowed by the browser itself, so that figures of two machines
can be compared; bytes and requests are the same on any.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

#: What pages may weigh (kB of 1000 bytes, as sent), ask for, and take (seconds).
LIMIT_KB, LIMIT_REQUESTS, LIMIT_SECONDS = 150, 20, 2.5
#: A slow phone: bits a second, milliseconds there and back, and how much slower it reckons.
BITS, ROUND_TRIP, SLOWER = 1_600_000, 300, 4
SCREEN = {"width": 360, "height": 740}
#: How long a page may take to settle, in milliseconds.
PATIENCE = 60_000
#: The largest part that was drawn, in milliseconds since the visit began.
LARGEST = """() => new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
        .observe({type: 'largest-contentful-paint', buffered: true});
    setTimeout(() => done(null), 2000);
})"""
ROW = "{:<22} {:>9} {:>9} {:>9} {:>8}  {}"


@dataclass
class Weight:
    """One page: kilobytes as sent and unpacked, requests, seconds until the largest part."""

    page: str
    address: str
    sent_kb: float
    unpacked_kb: float
    requests: int
    seconds: float

    def faults(self) -> list[str]:
        """Return the limits that the page does not keep."""
        kept = {
            f"> {LIMIT_KB} kB": self.sent_kb <= LIMIT_KB,
            f"> {LIMIT_REQUESTS} requests": self.requests <= LIMIT_REQUESTS,
            f"> {LIMIT_SECONDS} s": self.seconds <= LIMIT_SECONDS,
        }
        return [fault for fault, holds in kept.items() if not holds]


def measure(url: str, rounds: int) -> list[Weight]:
    """Visit every kind of page ``rounds`` times, each time for the first time; medians of time."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=chromium, args=arguments)
        try:
            return [
                _median([_visit(browser, kind, url + path) for _ in range(rounds)])
                for kind, path in addresses(url).items()
            ]
        finally:
            browser.close()


@contextmanager
def a_portal(url: str | None) -> Iterator[str]:
    """Give the address of the portal that was named, or of one of our own with its catalogue."""
    if url:
        yield url.rstrip("/")
        return
    from portalctl.testing import portal_instance

    with portal_instance() as (address, _password, _):
        yield address.rstrip("/")


def addresses(url: str) -> dict[str, str]:
    """Return the path of one page of each kind."""
    package, table = _file(url, lambda file: file.get("datastore_active"))
    mapped, drawing = _file(url, lambda file: file["format"] == "GeoJSON")
    ministry = _api(url, "organization_list", sort="package_count desc")[0]
    return {
        "home": "/",
        "search": "/dataset/?q=luminarias",
        "nothing found": "/dataset/?q=zzzxxyq",
        "dataset": f"/dataset/{package['name']}",
        "file": f"/dataset/{package['name']}/resource/{table['id']}",
        "map": f"/dataset/{mapped['name']}/resource/{drawing['id']}",
        "DataHub": "/datahub",
        "ministry": f"/datahub/{ministry}",
        "organization": f"/organization/{ministry}",
        "not found": "/dataset/esta-pagina-no-existe",
    }


def as_table(weights: list[Weight]) -> str:
    """Return a table, a page a line, with the limits that a page does not keep."""
    lines = [ROW.format("360 px, cold", "sent kB", "unpacked", "requests", "LCP (s)", "")]
    lines += [
        ROW.format(
            one.page,
            f"{one.sent_kb:,.0f}",
            f"{one.unpacked_kb:,.0f}",
            one.requests,
            f"{one.seconds:.2f}",
            ", ".join(one.faults()),
        )
        for one in weights
    ]
    lines.append(ROW.format("limit", LIMIT_KB, "", LIMIT_REQUESTS, LIMIT_SECONDS, ""))
    return "\n".join(lines)


def as_json(weights: list[Weight]) -> str:
    """Return one JSON object: ``{"benchmark", "results": [...]}``; kilobytes and seconds."""
    results = [{**asdict(one), "faults": one.faults()} for one in weights]
    return json.dumps({"benchmark": "weight", "results": results}, ensure_ascii=False)


def _visit(browser: Any, kind: str, address: str) -> Weight:
    """Open a page in a browser that has never seen the portal."""
    sent: dict[str, float] = {}
    unpacked: list[float] = []
    with browser.new_context(viewport=SCREEN, locale="es-MX", has_touch=True) as context:
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.on(
            "Network.loadingFinished",
            lambda e: sent.update({e["requestId"]: e["encodedDataLength"]}),
        )
        tools.on("Network.dataReceived", lambda e: unpacked.append(e["dataLength"]))
        tools.send("Network.enable")
        slow = {"latency": ROUND_TRIP, "downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8}
        tools.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="networkidle", timeout=PATIENCE)
        largest = page.evaluate(LARGEST)
    return Weight(
        kind,
        address,
        sum(sent.values()) / 1000,
        sum(unpacked) / 1000,
        len(sent),
        (largest or PATIENCE) / 1000,
    )


def _median(visits: list[Weight]) -> Weight:
    """Return the first visit, with the median of the times of all."""
    first = visits[0]
    first.seconds = statistics.median(visit.seconds for visit in visits)
    return first


def _file(url: str, wanted: Callable[[dict[str, Any]], object]) -> tuple[dict[str, Any], Any]:
    """Return the first file that is ``wanted``, in the order of the names, with its dataset."""
    packages = _api(url, "package_search", fq="-dataset_type:harvest", rows="500", sort="name asc")
    return next((p, file) for p in packages["results"] for file in p["resources"] if wanted(file))


def _api(url: str, action: str, **arguments: str) -> Any:
    query = urllib.parse.urlencode(arguments)
    with urllib.request.urlopen(f"{url}/api/3/action/{action}?{query}", timeout=60) as answer:
        return json.load(answer)["result"]
