"""The names that the writer of events and their reader share."""

import threading

CHANNEL = "boxwright_events"
# Carries news that no row holds.
RELAYED = "boxwright_relayed"

# Set by commits in this process; the reader waits on it where the database can't call.
EVERY = threading.Event()
