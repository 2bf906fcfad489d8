"""Reads a calendar as another program does: icalendar, and recurring_ical_events for what repeats.

Its input is the calendar, its arguments the first day and the last. It prints a line of JSON for each event of these days.
"""

import json
import sys
from datetime import date, datetime, timedelta

import icalendar
import recurring_ical_events

calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
for part in calendar.walk():
    if part.errors:
        sys.exit(f"{part.name}: {part.errors}")

first, last = (date.fromisoformat(day) for day in sys.argv[1:])
for event in recurring_ical_events.of(calendar).between(first, last + timedelta(days=1)):
    start = event["DTSTART"].dt
    has_hour = isinstance(start, datetime)
    print(
        json.dumps(
            {
                "uid": str(event["UID"]),
                "title": str(event["SUMMARY"]),
                "note": str(event["DESCRIPTION"]),
                "at": int(start.timestamp()) if has_hour else start.isoformat(),
                "alarms": [alarm["TRIGGER"].dt.total_seconds() / 60 for alarm in event.walk("VALARM")],
            }
        )
    )
