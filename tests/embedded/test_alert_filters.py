"""The list by who has what, how an alert was handled step by step, and a log that is older than these questions."""

import sqlite3
import uuid
from contextlib import closing

import pytest
from made_up_events import a_control
from platforms import a_platform, published

from processors.alias import alias_of, spoken_in
from schemas.actions import AlertAction
from schemas.views import AlertQuery, Viewer

ME = Viewer()
LATER_COLUMNS = [
    "pushed", "owner", "held_by", "offered_to", "card", "event", "card_at", "aside", "subject_kind", "evidence",
    "certainty", "novelty", "source", "repeat", "historical", "cross_border", "cross_region",
    "waits_since", "outcome", "from_place", "arrived_at", "alias",
]  # fmt: skip
LATER_INDICES = [
    "heads_listed", "heads_by_arrival", "heads_on_card", "heads_of_source", "heads_of_owner", "heads_on_offer",
    "heads_over_border", "states_of_alert", "actions_on_alert", "heads_by_waiting", "heads_closed", "heads_in_scope",
    "reports_of_municipalities", "actions_on_subject", "heads_called", "heads_numbered",
]  # fmt: skip


def three_moves(platform):
    """P-1 moves to Utrecht, P-2 to Utrecht from Belgium, P-3 between Tilburg and Breda, without a signal."""
    published(
        platform, a_control(who="P-1001", place="GM0363", day=50), a_control(who="P-1001", place="GM0344", day=55)
    )
    abroad = {"country": "BE", "city": "Antwerp"}
    published(
        platform, a_control(who="P-1002", day=50) | {"place": abroad}, a_control(who="P-1002", place="GM0344", day=55)
    )
    published(
        platform,
        a_control(who="P-1003", place="GM0855", day=50, indicators=[]),
        a_control(who="P-1003", place="GM0758", day=55, indicators=[]),
    )


def acted(platform, view, action, by="S. Voorbeeld", **more):
    asked = AlertAction(str(uuid.uuid4()), view.alert.alert_id, action, view.state.version, by=by, at=0, **more)
    return platform.act_on_alert(asked, ME)


def found(platform, **filters):
    return platform.alerts(AlertQuery(**filters), ME).items


def test_the_list_knows_who_has_what_and_counts_it(tmp_path):
    with a_platform(tmp_path) as platform:
        three_moves(platform)
        assert len(found(platform)) == 3
        filed, abroad, moved = sorted(found(platform), key=lambda view: (view.alert.pushed, not _abroad(view)))
        acted(platform, moved, "take", unit="oost-nederland")
        acted(platform, abroad, "offer", unit="rotterdam")

        assert _ids(found(platform, owner="S. Voorbeeld")) == _ids([moved])
        assert _ids(found(platform, unowned=True)) == _ids([abroad, filed])
        assert _ids(found(platform, offered_to="rotterdam")) == _ids([abroad])
        assert _ids(found(platform, involving="oost-nederland")) == _ids([moved])
        assert _ids(found(platform, cross_border=True)) == _ids([abroad])
        assert _ids(found(platform, pushed=True)) == _ids([abroad, moved])
        assert _ids(found(platform, ids=(filed.alert.alert_id, moved.alert.alert_id), pushed=True)) == _ids([moved])

        acted(platform, platform.alert(moved.alert.alert_id, ME), "close", outcome="found")
        assert _ids(found(platform, put_aside=False)) == _ids([abroad, filed])
        assert _ids(found(platform, closed=True)) == _ids([moved])


def _abroad(view):
    return view.alert.finding.cross_border


def _ids(views):
    return {view.alert.alert_id for view in views}


def test_every_change_of_handling_is_kept_with_who_asked_for_it(tmp_path):
    with a_platform(tmp_path) as platform:
        three_moves(platform)
        view = found(platform)[0]
        acted(platform, view, "take", comment="ik bel de eenheid")
        steps = platform.alert_handling(view.alert.alert_id, ME)
        assert [(step.state.version, step.action and step.action.action) for step in steps] == [(1, None), (2, "take")]
        assert steps[1].action.by == "S. Voorbeeld"
        assert platform.states_after((3,), 10, ME) == [((4,), steps[1].state)]
        assert platform.states_end() == (4,)


@pytest.mark.parametrize("action", ["take", "offer"])
def test_a_log_of_before_these_questions_answers_them_too(tmp_path, action):
    with a_platform(tmp_path) as platform:
        three_moves(platform)
        acted(platform, found(platform)[0], action, unit="rotterdam")
        wanted = found(platform, involving="rotterdam", pushed=False)
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as log:
        log.executescript(
            "".join(f"DROP INDEX {name};" for name in LATER_INDICES)
            + "".join(f"ALTER TABLE alert_heads DROP COLUMN {name};" for name in LATER_COLUMNS)
        )
    with a_platform(tmp_path) as platform:
        assert found(platform, involving="rotterdam", pushed=False) == wanted
        assert len(found(platform, pushed=True)) == 2
        assert len(platform.cards(AlertQuery(pushed=True, put_aside=False), ME).items) == 2
        assert platform.list_choices(ME).sources == ("avim-made-up",)
        for view in found(platform):
            [called] = platform.called(spoken_in(alias_of(view.alert.subject)), ME)
            assert called == (view.alert.subject, "person", view.alert)
