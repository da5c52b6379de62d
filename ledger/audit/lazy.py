"""A value of an object that is worked out when it is first asked for, and kept with it.

It is what ``functools.cached_property`` is, without the lock that this takes in Python
3.11: the objects of an audit belong to one thread, and there are millions of them.
"""

from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value", covariant=True)


class lazy(Generic[_Owner, _Value]):
    """Decorates a method without arguments, whose value does not change."""

    def __init__(self, work: Callable[[_Owner], _Value]) -> None:
        """Take the method."""
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, owner: None, kind: type[_Owner]) -> Self: ...
    @overload
    def __get__(self, owner: _Owner, kind: type[_Owner]) -> _Value: ...
    def __get__(self, owner: _Owner | None, kind: type[_Owner]) -> Self | _Value:
        """Work it out; from then on it is found before this."""
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._work(owner)
        return value
