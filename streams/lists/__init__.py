"""Alerts as they stand, in the tables that lists are read from: the same for every runtime."""
