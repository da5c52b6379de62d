"""The Keping season: a simulated chain from the herd to the shop, labelled as such.

No public record of single camels exists. So this one is computed, from published
figures (``figures``) and a fixed seed: the same start gives the same season, byte for
byte. Every event has ``caravan:simulated``, every party's id begins with ``sim-``, and
every legal person's name says so too. There are no natural persons in it: households
have pseudonyms that are computed as well.

What goes wrong in it is planted and known (``docs/season.md``, ``Season.planted``), so
that what a verifier finds can be compared with what there is to find.
"""
