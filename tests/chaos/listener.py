"""A listener of the alert stream that reconnects with what it was told last, whatever happens to who serves it."""

import json
import threading
from contextlib import suppress

import httpx

AGAIN_S = 0.1


class Listener:
    """Remembers every (alert, revision) that it was told, and what should never have happened."""

    def __init__(self, url):
        self._url = url
        self._last_id = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self.told = {}
        """(alert_id, revision) -> what it said of it, in the order of telling."""
        self.wrongs = []
        self.connections = 0

    def start(self):
        self._thread.start()

    def close(self):
        self._ending.set()
        self._thread.join(5)

    @property
    def is_connected(self):
        return self._last_id is not None

    def _listen(self):
        with httpx.Client(timeout=httpx.Timeout(5, read=20)) as client:
            while not self._ending.is_set():
                with suppress(httpx.HTTPError, OSError):  # whoever served is away: again
                    self._follow(client)
                self._ending.wait(AGAIN_S)

    def _follow(self, client):
        headers = {} if self._last_id is None else {"Last-Event-ID": self._last_id}
        with client.stream("GET", f"{self._url}/api/v1/alerts/stream", headers=headers) as answer:
            if answer.status_code != 200:
                return
            self.connections += 1
            event = {}
            for line in answer.iter_lines():
                if self._ending.is_set():
                    return
                if line == "":
                    self._take(event)
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    event[name] = value.removeprefix(" ")

    def _take(self, event):
        kind = event.get("event")
        if kind == "alert":
            message = json.loads(event["data"])
            key = message["alert_id"], message["revision"]
            if key in self.told:
                self.wrongs.append(f"revision {key[1]} of {key[0]} was told twice")
            self.told[key] = message
        elif kind == "reset":
            self.wrongs.append(f"a reset: {event.get('data')}")
        if "id" in event:
            self._last_id = event["id"]
