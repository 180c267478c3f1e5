"""Keeps what kafka-python sends out of the logs: its DEBUG lines hold whole messages, and events name people."""

import logging


def keep_quiet() -> None:
    """Let no logger of kafka-python say anything below INFO, whatever level is set. Doing it again is harmless."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if (name == "kafka" or name.startswith("kafka.")) and isinstance(logger, logging.Logger):
            logger.addFilter(_no_debugging)


def _no_debugging(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO
