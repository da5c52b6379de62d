"""A clock that stands until it is moved."""


class FrozenClock:
    """Say the same time again and again."""

    def __init__(self, time_ms):
        self.time_ms = time_ms

    def now_ms(self):
        return self.time_ms
