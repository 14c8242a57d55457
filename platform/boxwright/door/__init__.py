"""The way in: what every request passes before Django sees it.

A body is held against its route's limit before it is kept, one that is large needs a known sender before it is
read, and slow ones end. Django's code runs on a fixed number of threads, handed out in turn to people; an answer
that flows holds neither a thread nor a connection to the database, and a reader that takes nothing is hung up on.
"""

HANG_UP = "boxwright.hang_up"
"""An extension of the ASGI scope: hangs up without waiting for the reader. `boxwright.serve` offers it."""
