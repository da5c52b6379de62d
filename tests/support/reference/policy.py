"""Define trust policies: first the words of each line, then what they may say.

Quorums are counted by trying every way down from the quorum, not by one pass upwards.
"""

import hashlib
import re

from tests.support.reference import cosignature, note

SHAPES = {
    "log": re.compile(r"log (\S+)(?: (\S+))?"),
    "witness": re.compile(r"witness (\S+) (\S+)(?: (\S+))?"),
    "group": re.compile(r"group (\S+) (all|any|0|[1-9][0-9]{0,18}) (\S+(?: \S+)*)"),
    "quorum": re.compile(r"quorum (\S+)"),
}


def fingerprint(data):
    """Return the SHA-256 of a policy, in hex."""
    return hashlib.sha256(data).hexdigest()


def parse(data):
    """Return the parts of a policy, or None for what is none."""
    allowed = {0x09, 0x0A, *range(0x20, 0x7F), *range(0x80, 0x100)}
    if not set(data) <= allowed or not data.endswith(b"\n"):
        return None
    try:
        lines = [words(line) for line in data.decode()[:-1].split("\n")]
    except UnicodeDecodeError:
        return None
    found = []
    for line in lines:
        if line and not line[0].startswith("#"):
            # Nothing but a space or tab parts words, so what else a reader takes for a
            # space is hidden from the expressions.
            spelled = " ".join(re.sub(r"\s", "\x01", word) for word in line)
            shape = SHAPES.get(line[0])
            if shape is None or shape.fullmatch(spelled) is None:
                return None
            found.append(line)
    return meaning(found)


def words(line):
    """Return the words of a line: what is between spaces and tabs."""
    return [word for word in line.replace("\t", " ").split(" ") if word]


def meaning(lines):
    """Return what lines of the right shape say together, or None."""
    policy = {"logs": [], "witnesses": [], "groups": [], "quorum": []}
    keys, names, members = [], ["none"], []
    for word, *rest in lines:
        if word in ("log", "witness"):
            kind = {"log": note.ED25519, "witness": note.COSIGNATURE}[word]
            known = note.parse_vkey(rest[word == "witness"])
            if known is None or known[2] != kind:
                return None
            keys += [known[3], known[:2]]
            policy[word + ("s" if word == "log" else "es")].append(rest)
        if word == "group":
            count = {"all": len(rest) - 2, "any": 1}.get(rest[1]) or int(rest[1])
            if not 0 < count <= len(rest) - 2 or not {*rest[2:]} <= {*names[1:]}:
                return None
            members += rest[2:]
            policy["groups"].append([rest[0], count, rest[2:]])
        if word in ("witness", "group"):
            names.append(rest[0])
        if word == "quorum":
            if rest[0] not in names:
                return None
            policy["quorum"] += rest
    unique = all(len(seen) == len(set(seen)) for seen in (keys, names, members))
    return policy if unique and len(policy["quorum"]) == 1 else None


def is_quorum(policy, cosigned):
    """Return whether those who cosigned are enough."""
    groups = {name: (count, members) for name, count, members in policy["groups"]}
    witnesses = {witness[0] for witness in policy["witnesses"]}

    def has_cosigned(name):
        if name in groups:
            count, members = groups[name]
            return len([m for m in members if has_cosigned(m)]) >= count
        return name == "none" or (name in witnesses and name in cosigned)

    return has_cosigned(policy["quorum"][0])


def cosigned(policy, data):
    """Return ({name: time}, [names whose lines are false or doubled]) for a note."""
    text, lines = note.parse(data)
    times, faulty = {}, []
    for name, spelled, *_ in policy["witnesses"]:
        known = note.parse_vkey(spelled)
        mine = [found for found in lines if found[:2] == known[:2]]
        judged = [cosignature.judge_line(known, text, found) for found in mine]
        if len(judged) == 1 and judged[0][0] == "ok":
            times[name] = judged[0][1]
        elif judged:
            faulty.append(name)
    return times, faulty


def quorum_time(policy, times, until):
    """Return the largest second T with a quorum in [T, until]; small times only."""
    if policy["quorum"] == ["none"]:
        return None
    for moment in range(until, -1, -1):
        if is_quorum(policy, {n for n, t in times.items() if moment <= t <= until}):
            return moment
    return None
