"""The ASGI application that every request passes before Django.

The door checks a body against its route's limit before it keeps any of it, reads a large body only from a known
sender, and ends a body that comes too slowly. Django's code runs on a fixed number of threads, which people get in
turn. A streamed answer holds no thread and no database connection. The door closes the connection of a reader that
takes nothing.
"""

HANG_UP = "boxwright.hang_up"
"""An extension of the ASGI scope: hangs up without waiting for the reader. `boxwright.serve` offers it."""
