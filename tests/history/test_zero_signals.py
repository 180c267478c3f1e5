"""The history counts 0-signals as the log does: winning revisions of municipal controls that are not reportable."""

from dataclasses import replace

from history_stories import NOW, a_batch, a_history, a_report, a_withdrawal, day

from sinks.messages import Stream
from sinks.store import ClientStore
from sinks.zero_signals import zero_signal_places


def municipal(number: int, **more: object) -> object:
    told = {"conducted_by": "municipality", "licensed": True, "indicators": (), **more}
    return replace(a_report(number), **told)


def test_only_winning_municipal_controls_that_are_not_reportable_count(store: ClientStore) -> None:
    a_history(store).store(
        a_batch(
            Stream.REPORTS,
            municipal(1),
            municipal(2, licensed=False, indicators=("unlicensed",)),
            municipal(3, licensed=None, indicators=("debt",)),
            municipal(4, licensed=False, indicators=("debt",)),
            municipal(5),
            a_withdrawal(5),
            a_report(6),
        )
    )
    assert zero_signal_places(store, 0, NOW) == [a_report(1).place] * 3
    assert zero_signal_places(store, day(400), NOW) == []
