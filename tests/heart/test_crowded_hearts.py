"""Where every edge of the rules is met, the heart says what follows from the set, corrected and restarted as it is."""

import pytest
from crowds import SMALL, Crowd, crowded_reports
from from_scratch import FromScratch
from ledger import Ledger
from made_up import DISTANCES, MadeUpGeography

from processors.subjects import Moved, Subjects

BLOCKS = range(8)


def seeds(block, size=15):
    return range(block * size, (block + 1) * size)


def reports_let_in(seed):
    """The reports of a crowd as a gateway lets them in: no passage of a vehicle that is not followed."""
    scratch = FromScratch(SMALL, DISTANCES)
    for report in crowded_reports(seed):
        if report.type != "vehicle" or not report.counts or scratch.is_hit(report):
            scratch.take(report)
            yield report, scratch


@pytest.mark.parametrize("block", BLOCKS)
def test_after_every_step_a_crowded_heart_holds_what_follows_from_the_set(block):
    for seed in seeds(block):
        ledger = Ledger(SMALL, MadeUpGeography())
        for report, scratch in reports_let_in(seed):
            ledger.apply(report)
            assert ledger.active() == scratch.active()
            held = {subject: sorted(given.values()) for subject, given in ledger.sightings.items() if given}
            assert held == {subject: sorted(given) for subject, given in scratch.sightings().items()}
            assert ledger.ended == scratch.ended
            for document in ("doc-1", "doc-2"):
                assert ledger.heart.subject_of_person(None, document, None) == scratch.owner_of(document) or document


@pytest.mark.parametrize("block", BLOCKS)
def test_a_crowded_heart_begun_again_at_every_step_says_the_same(block):
    for seed in seeds(block):
        straight, again = Ledger(SMALL, MadeUpGeography()), Ledger(SMALL, MadeUpGeography())
        for report, _ in reports_let_in(seed):
            again.start_again()
            assert again.apply(report) == straight.apply(report)


@pytest.mark.parametrize("block", BLOCKS)
def test_one_sighting_more_is_told_alike_whichever_way_it_comes(block):
    for seed in seeds(block):
        crowd = Crowd(seed)
        one, other = Subjects(SMALL, MadeUpGeography()), Subjects(SMALL, MadeUpGeography())
        for number in range(24):
            seen = crowd.a_sighting()
            moved = {"she": Moved("person", given={seen.event: seen})}
            assert [*one.give(one.window_for("she", "person"), seen, number)] == [*other.change(moved, number)]
