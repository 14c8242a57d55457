"""The names that the writer of events and their reader share."""

import threading

CHANNEL = "boxwright_events"

# Set by commits in this process; the reader waits on it where the database can't call.
EVERY = threading.Event()
