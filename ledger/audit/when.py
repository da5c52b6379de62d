"""Times and days as findings write them."""

from datetime import UTC, date, datetime, timedelta, timezone

from ledger.errors import MalformedError
from ledger.event import parse_instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hour_of(at_us: int, offset_minutes: int) -> str:
    """Return a time to the second, where it was told.

    >>> hour_of(0, 480)
    '1970-01-01T08:00:00+08:00'
    """
    zone = timezone(timedelta(minutes=offset_minutes))
    local = (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)
    return local.isoformat(timespec="seconds")


def day_of(day: int) -> str:
    """Return a day that is counted from 1970.

    >>> day_of(31)
    '1970-02-01'
    """
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def instant_of(written: str) -> int | None:
    """Return a time in microseconds since 1970; of a day, when it is over everywhere.

    None if it is neither.

    >>> instant_of("1970-01-01T08:00:00+08:00"), instant_of("1970-01-01")
    (0, 129600000000)
    >>> instant_of("soon") is None
    True
    """
    try:
        return parse_instant(written, "")
    except MalformedError:
        pass
    try:
        told = date.fromisoformat(written)
    except ValueError:
        return None
    over = datetime(told.year, told.month, told.day, tzinfo=UTC) + timedelta(hours=36)
    return (over - _EPOCH) // timedelta(microseconds=1)
