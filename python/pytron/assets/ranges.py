"""Ranges and conditions of requests.

Decisions that the standard leaves to a server: only one range is served, a request for several
gets the whole (section 14.2 allows it); ranges apply to GET only.

Source: RFC 9110, sections 8.8, 13 and 14; 5.6.7 for dates.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DATE: Final = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_RANGE: Final = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)
_ETAG: Final = re.compile(r'(W/)?("[^"]*")')


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Give the offset and length that a Range header asks for.

    Returns:
        None when the header is to be ignored: another unit, several ranges, or malformed. A length
        of 0 when the range lies outside what there is.
    """
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        length = min(int(last), size)
        return size - length, length
    start = int(first)
    if last and int(last) < start:
        return None
    end = min(int(last) + 1 if last else size, size)
    return start, max(0, end - start)


def is_fresh(headers: Mapping[str, str], etag: str | None, modified_s: float | None) -> bool:
    """Tell whether the page already has what it asks for, so that 304 is the answer."""
    known = headers.get("if-none-match")
    if known is not None:
        if known.strip() == "*":
            return True
        opaque = None if etag is None else etag.removeprefix("W/")
        return opaque is not None and any(m[2] == opaque for m in _ETAG.finditer(known))
    since = headers.get("if-modified-since")
    if since is None or modified_s is None:
        return False
    date = parse_date(since)
    return date is not None and int(modified_s) <= date


def is_same(headers: Mapping[str, str], etag: str | None, modified_s: float | None) -> bool:
    """Tell whether a Range may be served: If-Range is absent or names just this content."""
    expected = headers.get("if-range")
    if expected is None:
        return True
    expected = expected.strip()
    if expected.startswith(('"', "W/")):
        return expected == etag and not expected.startswith("W/")
    return modified_s is not None and parse_date(expected) == int(modified_s)


def format_date(time_s: float) -> str:
    """Write a time as HTTP wants it, whatever the locale."""
    moment = time.gmtime(int(time_s))
    day, month = _DAYS[moment.tm_wday], _MONTHS[moment.tm_mon - 1]
    return f"{day}, {moment.tm_mday:02} {month} {moment.tm_year:04} " + time.strftime(
        "%H:%M:%S GMT", moment
    )


def parse_date(text: str) -> int | None:
    """Read a time as HTTP writes it; None when it isn't one (the obsolete forms aren't)."""
    match = _DATE.fullmatch(text.strip())
    if match is None or match[2] not in _MONTHS:
        return None
    day, month, year, *clock = match.groups()
    try:
        import calendar  # only for conditional requests

        return calendar.timegm(
            (int(year), _MONTHS.index(month) + 1, int(day), *map(int, clock), 0, 0, 0)
        )
    except (ValueError, OverflowError):
        return None
