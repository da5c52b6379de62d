"""What the tests of the store and of the log share: each runs on both databases."""

from tests.support.databases import url

__all__ = ["url"]
