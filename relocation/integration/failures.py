"""Why nothing could be published at all."""


class Unreachable(Exception):
    """Nobody answered for as long as the patience lasts. Publish again later: it is harmless."""


class NotAccepted(Exception):
    """The other side refuses whatever is sent, and would again; the words say why."""
