"""What was asked for lately, and is made anew when it was not."""

from collections.abc import Callable
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(dict[_Key, _Value]):
    """Values by key; one that is not there is made, and the longest unused forgotten.

    What fills up is set aside, and forgotten when it fills up once more; so finding a
    value costs no more than in any dictionary.
    """

    def __init__(self, most: int, make: Callable[[_Key], _Value]) -> None:
        """Begin with none.

        Args:
            most: How many are kept, and as many set aside.
            make: Makes a value.
        """
        super().__init__()
        self._most = most
        self._make = make
        self._aside: dict[_Key, _Value] = {}

    def __missing__(self, key: _Key) -> _Value:
        """Take a value back that was set aside, or make it."""
        value = self._aside.get(key)
        if value is None:
            value = self._make(key)
        if len(self) >= self._most:
            self._aside = dict(self)
            super().clear()
        self[key] = value
        return value

    def clear(self) -> None:
        """Forget all."""
        super().clear()
        self._aside = {}
