"""Serves the stand-in in a process of its own until SIGTERM."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from alerts.http.app import build_app
    from alerts.http.server import Server
    from tests.http.standin import StandIn

    Server(build_app(StandIn()), host="127.0.0.1", port=0, on_ready=lambda url: print(url, flush=True)).run()
