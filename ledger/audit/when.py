"""Times and days as findings write them."""

from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hour_of(at_us: int, offset_minutes: int) -> str:
    """Return a time to the minute, where it was told.

    >>> hour_of(0, 480)
    '1970-01-01 08:00 +08:00'
    """
    zone = timezone(timedelta(minutes=offset_minutes))
    local = (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)
    return (
        local.strftime("%Y-%m-%d %H:%M ")
        + local.strftime("%z")[:3]
        + (":" + local.strftime("%z")[3:])
    )


def day_of(day: int) -> str:
    """Return a day that is counted from 1970.

    >>> day_of(31)
    '1970-02-01'
    """
    return (_EPOCH + timedelta(days=day)).date().isoformat()
