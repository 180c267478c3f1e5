"""Dead letters of the embedded log: what is held of them for thirty days, and trying it again."""

from contextlib import closing
from dataclasses import replace

from made_up_events import KEY, a_control, line_of
from platforms import a_platform, published

from processors.intake import Intake
from relocation.clock import now_ms
from relocation.parts import gazetteer, intake_of
from relocation.settings import load_settings
from schemas.times import DAY_MS
from schemas.views import AlertQuery, Viewer
from streams.embedded.folder import DataFolder
from streams.embedded.reading import LogReader


class Tomorrow(type(gazetteer())):
    """Knows a place that was not known today."""

    def __init__(self):
        self.__dict__.update(gazetteer().__dict__)

    def names(self):
        yield from super().names()
        yield None, "nergenshuizen"

    def resolve(self, given):
        return "GM0344" if given.name == "nergenshuizen" else super().resolve(given)


def tomorrows_intake() -> Intake:
    settings = load_settings(token_key=KEY)
    today = intake_of(settings)
    return Intake(Tomorrow(), today._tokeniser, today.policy, today._form._indicators)


def a_lost_control(day):
    return {**a_control(place="GM0344", day=day), "place": {"name": "Nergenshuizen"}}


def letters_of(path):
    with closing(LogReader(DataFolder(path).log)) as reader:
        return [letter for _, letter in reader.dead_letters_after(0, 1000)]


def test_a_control_at_a_place_that_is_known_tomorrow_raises_its_alert_tomorrow(tmp_path):
    with a_platform(tmp_path) as platform:
        assert published(platform, a_control(place="GM0363", day=1), a_lost_control(5)) == ["accepted", "rejected"]
        assert platform.alerts(AlertQuery(), Viewer()).items == ()
    [letter] = letters_of(tmp_path)
    with a_platform(tmp_path, intake=tomorrows_intake()) as platform:
        assert [answer.status for answer in platform.redrive([letter.held])] == ["accepted"]
        assert [answer.status for answer in platform.redrive([letter.held] * 2)] == ["duplicate", "duplicate"]
        [view] = platform.alerts(AlertQuery(), Viewer()).items
        assert (view.alert.finding.from_place, view.alert.finding.to_place) == ("GM0363", "GM0344")
    assert letters_of(tmp_path) == [letter]


def test_what_is_refused_again_says_why_and_leaves_no_further_letter(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_lost_control(5))
        [letter] = letters_of(tmp_path)
        [answer] = platform.redrive([letter.held])
        assert (answer.status, [problem.code for problem in answer.problems]) == ("rejected", ["unknown_place"])
    assert letters_of(tmp_path) == [letter]


def test_after_thirty_days_the_letter_stays_and_what_it_held_is_destroyed(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_lost_control(5))
    [letter] = letters_of(tmp_path)
    token = letter.held.split('"bvh_person":"')[1][:32].encode()
    assert any(token in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    with a_platform(tmp_path, now=lambda: now_ms() + 29 * DAY_MS):
        assert letters_of(tmp_path) == [letter]
    with a_platform(tmp_path, now=lambda: now_ms() + 31 * DAY_MS):
        assert letters_of(tmp_path) == [replace(letter, held=None)]
    assert not any(token in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


def test_a_letter_with_what_it_holds_is_exported_without_identifiers(tmp_path):
    event = a_lost_control(5)
    with a_platform(tmp_path) as platform:
        platform.publish([line_of(event)])
    [letter] = letters_of(tmp_path)
    assert "P-0001" not in str(letter.as_json())
    assert "Nergenshuizen" not in str(letter.as_json())
