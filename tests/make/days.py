"""Days around today, and a shop that trades on them."""

from datetime import date, timedelta

from jxc_graphql.kit import clock


def day(back: int) -> date:
    """So many days before today."""
    return clock.day_of(clock.now()) - timedelta(days=back)
