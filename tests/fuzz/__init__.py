"""Everything that reads bytes from strangers, fed with bytes that nobody meant.

``python -m tests.fuzz`` (``make fuzz``) grows inputs guided by coverage and shows them
all to both languages; ``test_fuzz.py`` does a bounded part of it from a fixed seed.
"""
