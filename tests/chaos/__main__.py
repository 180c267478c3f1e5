"""The fault suite in its long form: ``python -m tests.chaos --cycles 500 --seed 1``; ``make chaos``.

It ends with 0 when every cycle held, else with 1: it names the breach and the command that tries it again, and keeps
what every process wrote.
"""

import argparse
import sys
import time
import traceback
from pathlib import Path

from tests.chaos.cycles import Run
from tests.chaos.faults import NAMES
from tests.chaos.stack import Stack


def main():
    asked = _asked()
    with Stack(brokers=asked.brokers) as stack:
        run = Run(stack, asked.seed, faults=asked.faults, events=asked.events)
        began = time.monotonic()
        try:
            run.start()
            print(f"ready after {time.monotonic() - began:.1f} s; seed {asked.seed}", flush=True)
            for number in range(asked.first, asked.first + asked.cycles):
                print(f"{number}: {run.cycle(number)}", flush=True)
            print(f"a replay ends in the same {run.check_replay()} active alerts", flush=True)
            print(_summary(run, stack, asked, time.monotonic() - began), flush=True)
        except (AssertionError, Exception):  # noqa: BLE001 - whatever it was, the evidence is kept
            return _broken(stack, asked)
        finally:
            run.close()
    return 0


def _summary(run, stack, asked, took_s):
    restarts = ", ".join(f"{name} {count}" for name, count in sorted(stack.supervisor.restarts.items()))
    return (
        f"{asked.cycles} cycles held, {run.faults.kills} processes killed, in {took_s:.0f} s (seed {asked.seed})\n"
        f"answers: {run.promises.answers}; restarts: {restarts}"
    )


def _broken(stack, asked):
    traceback.print_exc()
    evidence = Path(asked.evidence) / f"seed-{asked.seed}-{int(time.time())}"
    stack.keep_evidence(evidence)
    again = f"python -m tests.chaos --seed {asked.seed} --cycles {asked.cycles} --brokers {asked.brokers}"
    chosen = " ".join(["", "--faults", *asked.faults] if asked.faults else [])
    print(f"BREACH; what everything wrote is in {evidence}; again: {again}{chosen}", flush=True)
    return 1


def _asked():
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0, help="number of the first cycle")
    parser.add_argument("--faults", nargs="*", default=[], metavar="NAME", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--brokers", type=int, default=3)
    parser.add_argument("--events", type=int, default=40, help="events a cycle")
    parser.add_argument("--evidence", default="/tmp/chaos", help="where a breach leaves what every process wrote")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
