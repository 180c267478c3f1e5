"""Tells people elsewhere of alerts, by webhook and e-mail, at least once and never with an identifier."""
