"""The project's own files, as git knows them (or, outside a checkout, as they lie there)."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "processors", "streams", "sinks", "alerts", "relocation")
PASSED_OVER = {".git", ".venv", "mutants", "build", "data", "node_modules", "__pycache__"}


def files(*suffixes):
    """Every file of the project with one of the suffixes, sorted; all files without any."""
    return [path for path in _listed() if path.is_file() and (not suffixes or path.suffix in suffixes)]


def modules():
    """Every Python file of the packages."""
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] in PACKAGES]


def name_of(path):
    """The path as one says it: from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def _listed():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return sorted(ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in ROOT.rglob("*") if not PASSED_OVER & set(path.relative_to(ROOT).parts))
