"""The examples of the documents, taken out to be run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from project_tree import ROOT


def block(document, name):
    """The block of the document below the mark of this name."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"docs/{document} has no block {name}"
    return found.group(1)


def done_in_a_shell(script, folder, **more):
    """Run it as one who copies it, with the command on the path; what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment | more,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout
