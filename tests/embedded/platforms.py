"""A real embedded platform over a folder, for tests: the packaged rules, a fixed key, the clock as it is."""

from contextlib import contextmanager
from dataclasses import replace

from made_up_events import KEY

from relocation.building import parts_of
from relocation.clock import now_ms
from relocation.parts import tokeniser_of
from relocation.settings import load_settings
from streams.embedded.folder import DataFolder
from streams.embedded.platform import EmbeddedPlatform


def _untold(what, done, of):
    pass


@contextmanager
def a_platform(path, *, key=KEY, now=now_ms, **parts):
    """The platform over ``path``, until the block ends."""
    settings = load_settings(data=path, token_key=key)
    folder = DataFolder(path)
    with folder.held():
        folder.prepare()
        platform = EmbeddedPlatform(
            folder,
            replace(parts_of(settings, _untold), now=now, **parts),
            key_check=tokeniser_of(settings).check_value,
            hashes={"rules": "made-up"},
        )
        try:
            platform.start()
            yield platform
        finally:
            platform.close()


def published(platform, *events):
    """What was answered to the events, by status."""
    from made_up_events import line_of

    return [answer.status for answer in platform.publish([line_of(event) for event in events])]
