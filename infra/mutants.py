"""Prints what became of the mutants, module by module, and each that lived; ends with 1 when fewer than 90 % died.

To be run where ``mutmut run`` ended. docs/mutants.md says of those that live why they may.
"""

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

KILLED_MIN_PERCENT = 90
DIED = ("killed", "timeout", "segfault")
"""A mutant that never ends was noticed as well."""
MUTMUT = str(Path(sys.executable).with_name("mutmut"))


def mutmut(*words: str) -> list[str]:
    """The lines that mutmut answers."""
    return subprocess.run([MUTMUT, *words], capture_output=True, text=True, check=True).stdout.splitlines()


def main() -> int:
    """Print the table and the survivors; the exit code."""
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    living: list[tuple[str, str]] = []
    for line in mutmut("results", "--all", "true"):
        name, _, fate = line.strip().rpartition(": ")
        fates[name.split(".")[1]][fate] += 1
        if fate not in DIED:
            living.append((name, fate))
    total = sum(map(Counter.total, fates.values()))
    if not total:
        print("There are no mutants: run `make mutants`", file=sys.stderr)
        return 1
    for name, fate in living:
        if fate != "not checked":
            print(f"{name}: {fate}")
            print("\n".join(f"    {line}" for line in mutmut("show", name)[3:] if line.startswith(("+", "-"))))
    print(f"\n{'module':<12} {'mutants':>8} {'killed':>8}  lived")
    for module, counts in sorted(fates.items()):
        died = sum(counts[fate] for fate in DIED)
        lived = ", ".join(f"{count} {fate}" for fate, count in counts.items() if fate not in DIED)
        print(f"{module:<12} {counts.total():>8} {died:>8}  {lived}")
    percent = 100 * (total - len(living)) / total
    print(f"\n{total - len(living)} of {total} mutants were killed: {percent:.1f} %")
    if percent < KILLED_MIN_PERCENT:
        print(f"at least {KILLED_MIN_PERCENT} % must be: sharpen the tests", file=sys.stderr)
    return int(percent < KILLED_MIN_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
