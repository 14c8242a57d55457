"""What goes wrong with a foreign file."""


class FormatError(Exception):
    """`file` can't be read: line and reason. Without a file it is the one that was asked for."""

    def __init__(self, reason: str, line: int | None = None, file: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line, self.file = reason, line, file
