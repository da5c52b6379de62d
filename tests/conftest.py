"""What every test stands on: the same draws everywhere, and a phone to look at."""

from hypothesis import HealthCheck, settings

from tests.support.browser import browser, lent, phone
from tests.support.databases import (
    postgresql,
    postgresql_database,
    postgresql_url,
)

# No deadline: how busy two cores are is not a property of the code. Derandomised: what
# is red here is red on the next machine. To look for more, run pytest with
# --hypothesis-profile=search.
settings.register_profile(
    "everywhere",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=5_000)
settings.load_profile("everywhere")

__all__ = [
    "browser",
    "lent",
    "phone",
    "postgresql",
    "postgresql_database",
    "postgresql_url",
]
