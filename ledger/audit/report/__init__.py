"""What an audit has found, for people and for programs, in two languages.

:mod:`model` says what a report has, :mod:`document` what its hash is over;
:mod:`terminal`, :mod:`lines` and :mod:`page` write it out. All are pure: the same
report is the same text, byte for byte.
"""
