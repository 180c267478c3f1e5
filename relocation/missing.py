"""What to say when a package is not installed that something needs."""


def told(missing: ModuleNotFoundError) -> str:
    """What to install. Raises ``missing`` again when it is one of our own modules: that is a fault of the program."""
    name = (missing.name or "").split(".")[0]
    if name in _OURS or not name:
        raise missing
    return (
        f"this command needs {name}, which is not installed: 'relocation-alerts[embedded]' has what one machine needs,"
        " 'relocation-alerts[distributed]' what runs on Kafka; the Python client alone needs neither"
    )


_OURS = frozenset({"schemas", "processors", "streams", "sinks", "alerts", "relocation"})
