"""Conservation: what lies in the log is in the history, or it is known what became of it."""
