"""``relocation worker``: plays a role as a member of its group, or has one process for each role."""
