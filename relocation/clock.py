"""What time it is, for whoever is put together here; the heart is told."""

import time


def now_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000
