"""The one exception a person sees, as a single line."""


class SetupError(Exception):
    """What went wrong and the way out, each a short phrase."""

    def __init__(self, message, way_out):
        super().__init__(message)
        self.message = message
        self.way_out = way_out

    def __str__(self):
        return f"error: {self.message} — {self.way_out}"
