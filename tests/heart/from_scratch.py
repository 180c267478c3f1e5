"""The heart once more, from scratch at every step: slow, with no memory but the reports and what they ended."""

from processors.relocations import active_findings
from schemas.reports import Standing
from schemas.sightings import Sighting

EVIDENCE = {"control": 0, "bvh_mutation": 0, "ad": 1, "vehicle": 2}


class FromScratch:
    """What is active, from nothing but the set of reports, as DESIGN sections 4 to 6 say it."""

    def __init__(self, rules, distances):
        self.rules, self.distances = rules, distances
        self.reports = {}
        self.ended = {}

    def winners(self):
        best = {}
        for report in self.reports.values():
            if report.key not in best or report.rank > best[report.key].rank:
                best[report.key] = report
        return {key: report for key, report in best.items() if report.rank.standing == Standing.COUNTS}

    def followed(self):
        return {
            plate
            for report in self.winners().values()
            if report.type in ("control", "bvh_mutation")
            for plate in report.vehicles
        }

    def is_hit(self, report):
        (plate,) = report.vehicles
        return plate in self.followed() and report.known_at >= self.ended.get(plate, 0)

    def take(self, report):
        before = self.followed()
        self.reports.setdefault((report.key, report.rank), report)
        for plate in before - self.followed():
            self.ended[plate] = max(report.known_at, self.ended.get(plate, 0))
            gone = {key for key, held in self.winners().items() if held.type == "vehicle" and plate in held.vehicles}
            self.reports = {at: held for at, held in self.reports.items() if held.key not in gone}

    def owner_of(self, document):
        owners = {
            person.bvh_person
            for report in self.winners().values()
            for person in report.persons
            if person.document == document and person.bvh_person
        }
        return owners.pop() if len(owners) == 1 else None

    def sightings(self):
        given = {}
        for report in self.winners().values():
            if not report.online:
                continue
            flagged = bool(report.indicators) or (report.type == "control" and report.licensed is False)
            shown = {}
            for person in report.persons:
                subject = person.bvh_person
                if subject is None and person.document is not None:
                    subject = self.owner_of(person.document) or person.document
                subject = subject or person.name
                if subject is not None:
                    shown[subject] = shown.get(subject, flagged) or person.role == "facilitator"
            for subject in (*report.vehicles, *report.phones, *report.photos):
                shown[subject] = flagged
            for subject, is_flagged in shown.items():
                given.setdefault(subject, []).append(
                    Sighting(
                        report.occurred_at,
                        EVIDENCE[report.type],
                        report.event_id,
                        report.source,
                        report.type,
                        report.place,
                        is_flagged,
                        report.recorded_at,
                        report.known_at,
                    )
                )
        return given

    def active(self):
        return {
            alert_id: finding
            for subject, sightings in self.sightings().items()
            for alert_id, finding in active_findings(subject, sightings, self.rules, self.distances).items()
        }
