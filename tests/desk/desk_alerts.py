"""A made-up alert that rooms of the desk hear of."""

from schemas.alerts import Alert, AlertStatus, Finding

START = 1_772_000_000_000
FOUND = Finding(
    "GM0001", "GM0002", START, START, "event", 0, "first", "confirmed",
    implausible=False, repeat=False, attention="tell", cross_region=False, cross_border=False,
)  # fmt: skip
ALERT = Alert("an-alert", 1, AlertStatus.RAISED, "person", "she", FOUND, "avim", "control", START, historical=False)
