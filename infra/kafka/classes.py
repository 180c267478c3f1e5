"""The classes of a broker as a JVM has them once they are loaded and checked: it maps the file, and starts sooner.

``keeping.py`` makes the file. Where there is none, or it does not fit, a broker loads its classes as ever.
"""

import hashlib
import os
import shutil
from pathlib import Path

from infra.kafka.fetching import kafka_jars


def kept() -> Path:
    """The file that fits this Java and these jars, be it there or not: by their names, times and order."""
    java = Path(shutil.which("java") or "java").resolve()
    with os.scandir(kafka_jars()) as listed:
        jars = [(jar.name, jar.stat().st_mtime_ns) for jar in listed if jar.name.endswith(".jar")]
    made_of = repr((str(java), java.stat().st_mtime_ns if java.exists() else None, jars))
    return kafka_jars() / f"classes-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.jsa"


def mapped() -> list[str]:
    """What a JVM is told so that it maps the file; nothing while there is none."""
    file = kept()
    return [f"-XX:SharedArchiveFile={file}"] if file.exists() else []
