"""What can wait until nobody saves: entries of the audit log that are older than they are kept."""

from boxwright.teams import audit

CHORES = (audit.prune,)
