"""A portal of ours with a catalogue, on an address of this machine that others can pull from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server


@contextmanager
def running_portal(
    reset_db: Callable[[], None],
    reset_index: Callable[[], None],
    migrate_db_for: Callable[[str], None],
    fill: Callable[[], Any],
) -> Iterator[tuple[str, Any]]:
    """Load the plugins, fill the portal and serve it; gives its address and what ``fill`` gave."""
    import ckan.plugins as p
    from ckan.common import config
    from ckan.tests import helpers

    # The address has to be known before CKAN reads it: the server starts with nothing to say.
    box: dict[str, Any] = {}
    server = make_server("127.0.0.1", 0, lambda *call: box["app"](*call), threaded=True)
    before = {key: config.get(key) for key in ("ckan.site_url", "ckan.plugins")}
    url = config["ckan.site_url"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    try:
        p.load_all()
        config["ckan.site_url"] = url  # loading reads the file anew
        reset_db()
        for plugin in ("activity", "harvest", "sniegharvest", "tracking"):
            migrate_db_for(plugin)
        reset_index()
        made = fill()
        box["app"] = helpers._get_test_app().app
        thread.start()
        yield url, made
    finally:
        if thread.is_alive():
            server.shutdown()
        server.server_close()
        config.update(before)
        p.unload_all()
