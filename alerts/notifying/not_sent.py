"""That a channel did not take what it was to be told."""


class NotSent(Exception):
    """The channel did not take it, or did not say so: it is sent again, with the same key.

    Its words hold nothing of what was sent, and nothing of what the other side said but codes. ``left`` are the
    mailboxes that it is still to be sent to, where others of the channel have it; else none. ``for_what_it_says``: the
    channel takes others, perhaps.
    """

    def __init__(self, why: str, left: tuple[str, ...] = (), *, for_what_it_says: bool = False) -> None:
        super().__init__(why)
        self.left = left
        self.for_what_it_says = for_what_it_says
