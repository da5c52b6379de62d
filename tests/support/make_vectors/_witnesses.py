"""Cases for what witnesses vouch for, and for whose clock is wrong: step 17.

``report`` has what must be told of what is verified; ``refusal`` of what is not: T, if
there is one, and whether the reader's own clock may be why.
"""

from ledger.cosignature import MAX_TIMESTAMP, Cosigner, sign_cosignature
from ledger.note import parse_note
from ledger.seal import format_time
from tests.support.forge import ORIGIN, flipped, honest, policy_text, signer

DAY = 86_400
YEARS = 3 * 365 * DAY


def witness(name):
    """Return a witness whose key has this name."""
    return Cosigner(name, signer(name).key)


DUNE = witness("witness.example/dune")
ROCK = witness("witness.example/rock")
SALT = witness("witness.example/salt/replay")
"""Recomputes what it cosigns."""
WELL = witness("witness.example/well")
ALL = {"dune": DUNE, "rock": ROCK, "salt": SALT, "well": WELL}


def policy_of(quorum, *names, log_url="", **urls):
    """Return a policy that names some witnesses and asks for so many of them."""
    lines = [
        f"witness {name} {ALL[name].vkey.to_text()} {urls.get(name, '')}".rstrip()
        for name in names
    ]
    if quorum != "none":
        lines += [f"group some {quorum} {' '.join(names)}", "quorum some"]
    else:
        lines.append("quorum none")
    text = policy_text(*lines)
    return text.replace("\n", f" {log_url}\n", 1) if log_url else text


def cosigned(note, *lines):
    """Return a checkpoint with lines of witnesses, each with its time in seconds."""
    text = parse_note(note).text
    for by, seconds in lines:
        note += sign_cosignature(by, seconds, text).to_line().encode()
    return note


def vouched(
    policy, at, *, seen=(), replayed=(), beside=(), ahead=(), ignored=(), label=None
):
    """Return what must be told of what is verified, T in seconds."""
    absent = [] if replayed else ["replay"]
    absent += ["witnesses"] if at is None else []
    absent += ["label"] if label is None else []
    return {
        "absent": absent,
        "label_size": label,
        "witnessing": {
            "time": None if at is None else format_time(at * 1000),
            "known": policy.count("\nwitness "),
            "seen_by": [*seen],
            "replayed_by": [*replayed],
            "same_machine": [*beside],
            "ahead": [*ahead],
            "ignored": [*ignored],
            "is_clock_doubtful": False,
        },
    }


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    good = honest()
    start = good.now_ms // 1000
    note = good.checkpoint()

    def asked(checkpoint, *, policy, now=start, **wanted):
        document = good.passport(checkpoint=checkpoint).to_bytes().decode()
        wanted |= {"policy": policy, "now_ms": now * 1000}
        return case(good, document=document, **wanted)

    def told(
        *lines,
        policy,
        now=start,
        at=start,
        seen=(),
        replayed=(),
        beside=(),
        ahead=(),
        ignored=(),
        checkpoint=None,
    ):
        return asked(
            checkpoint or cosigned(note, *lines),
            policy=policy,
            now=now,
            report=vouched(
                policy,
                at,
                seen=seen,
                replayed=replayed,
                beside=beside,
                ahead=ahead,
                ignored=ignored,
            ),
        )

    def turned(*lines, policy, code, now=start, at=None, doubtful=False):
        return asked(
            cosigned(note, *lines),
            policy=policy,
            now=now,
            step=17,
            code=code,
            refusal={
                "witnessed_at": None if at is None else format_time(at * 1000),
                "is_clock_doubtful": doubtful,
            },
        )

    both = policy_of("all", "dune", "rock")
    any_of_two = policy_of("any", "dune", "rock")
    with_salt = policy_of("all", "dune", "salt")
    any_with_salt = policy_of("any", "dune", "salt")
    alone = policy_of("none", "dune", "salt")
    dune, rock, salt = (DUNE, start), (ROCK, start), (SALT, start)
    forged = flipped(cosigned(note, salt))
    of_replays = {
        "seen-by-all-and-replayed": told(
            dune,
            salt,
            policy=with_salt,
            seen=("dune", "salt"),
            replayed=("salt",),
        ),
        "replayed-by-none-of-the-policy": told(
            dune, rock, salt, policy=both, seen=("dune", "rock")
        ),
        "replaying-is-what-its-key-is-called-and-not-the-policy": told(
            dune,
            policy=policy_of("any", "dune")
            .replace("dune ", "dune/replay ")
            .replace("any dune", "any dune/replay"),
            seen=("dune/replay",),
        ),
        "replay-forged": told(
            policy=any_with_salt,
            seen=("dune",),
            ignored=("salt",),
            checkpoint=cosigned(forged, dune),
        ),
        "replay-doubled": told(
            dune, salt, salt, policy=any_with_salt, seen=("dune",), ignored=("salt",)
        ),
        "replayed-more-than-a-day-ago": told(
            (DUNE, start + DAY + 1),
            salt,
            policy=any_with_salt,
            now=start + DAY + 1,
            at=start + DAY + 1,
            seen=("dune",),
        ),
        "replayed-a-day-ago": told(
            (DUNE, start + DAY),
            salt,
            policy=any_with_salt,
            now=start + DAY,
            at=start + DAY,
            seen=("dune",),
            replayed=("salt",),
        ),
        "replayed-at-a-time-to-come": told(
            dune,
            (SALT, start + 301),
            policy=any_with_salt,
            seen=("dune",),
            ahead=("salt",),
        ),
        "replayed-within-five-minutes-of-now": told(
            dune,
            (SALT, start + 300),
            policy=policy_of("all", "dune", "salt"),
            seen=("dune", "salt"),
            replayed=("salt",),
        ),
        "replayed-where-nobody-is-asked-for": told(
            salt, policy=alone, at=None, seen=("salt",), replayed=("salt",)
        ),
        "seen-where-nobody-is-asked-for": told(
            dune, policy=alone, at=None, seen=("dune",)
        ),
        "seen-long-ago-where-nobody-is-asked-for": told(
            dune, salt, policy=alone, now=start + DAY + 1, at=None
        ),
        "seen-by-nobody-where-nobody-is-asked-for": told(policy=alone, at=None),
    }
    of_times = {
        "as-old-as-the-older-of-two": told(
            (DUNE, start + 60),
            (ROCK, start + 5),
            policy=both,
            now=start + 60,
            at=start + 5,
            seen=("dune", "rock"),
        ),
        "as-new-as-the-newer-of-any": told(
            (DUNE, start + 60),
            (ROCK, start + 5),
            policy=any_of_two,
            now=start + 60,
            at=start + 60,
            seen=("dune",),
        ),
        "as-old-as-the-second-of-three": told(
            (DUNE, start + 60),
            (ROCK, start + 5),
            (WELL, start + 30),
            policy=policy_of(2, "dune", "rock", "well"),
            now=start + 60,
            at=start + 30,
            seen=("dune", "well"),
        ),
        "one-of-any-says-no-time": told(
            (DUNE, 0), rock, policy=any_of_two, seen=("rock",), ignored=("dune",)
        ),
        "nobody-says-a-time": turned((DUNE, 0), (ROCK, 0), policy=both, code="quorum"),
        "at-the-end-of-time": told(
            (DUNE, MAX_TIMESTAMP),
            rock,
            policy=any_of_two,
            seen=("rock",),
            ahead=("dune",),
        ),
        "all-at-the-end-of-time": turned(
            (DUNE, MAX_TIMESTAMP),
            (ROCK, MAX_TIMESTAMP),
            policy=both,
            code="quorum",
            doubtful=True,
        ),
        "in-the-first-second": turned(
            (DUNE, 1), (ROCK, 1), policy=both, code="stale", at=1, doubtful=True
        ),
    }
    of_clocks = {
        "reader-years-behind": turned(
            dune, rock, policy=both, code="quorum", now=start - YEARS, doubtful=True
        ),
        "reader-in-1970": turned(
            dune, rock, policy=both, code="quorum", now=0, doubtful=True
        ),
        "reader-years-ahead": turned(
            dune,
            rock,
            policy=both,
            code="stale",
            now=start + YEARS,
            at=start,
            doubtful=True,
        ),
        "reader-years-ahead-where-nobody-is-asked-for": told(
            dune, salt, policy=alone, now=start + YEARS, at=None
        ),
        "reader-years-behind-where-nobody-is-asked-for": told(
            dune,
            salt,
            policy=alone,
            now=start - YEARS,
            at=None,
            ahead=("dune", "salt"),
        ),
        "out-of-date-by-thirty-days": turned(
            dune, rock, policy=both, code="stale", now=start + 30 * DAY, at=start
        ),
        "out-of-date-by-more-than-thirty-days": turned(
            dune,
            rock,
            policy=both,
            code="stale",
            now=start + 30 * DAY + 1,
            at=start,
            doubtful=True,
        ),
        "one-of-two-years-ahead": turned(
            dune, (ROCK, start + YEARS), policy=both, code="quorum"
        ),
        "one-of-two-years-behind": turned(
            dune,
            (ROCK, start - YEARS),
            policy=both,
            code="stale",
            at=start - YEARS,
        ),
        "one-of-any-years-ahead": told(
            dune,
            (ROCK, start + YEARS),
            policy=any_of_two,
            seen=("dune",),
            ahead=("rock",),
        ),
        "one-of-any-years-behind": told(
            dune, (ROCK, start - YEARS), policy=any_of_two, seen=("dune",)
        ),
        "too-few-and-no-clock-to-blame": turned(
            (DUNE, start + YEARS), policy=both, code="quorum"
        ),
        "sealed-later-than-they-saw": turned(
            (DUNE, start - 301),
            (ROCK, start - 301),
            policy=both,
            code="cannot-check",
            at=start - 301,
        ),
    }
    return of_replays | of_times | of_clocks | _machines(told, dune, salt)


def _machines(told, dune, salt):
    """Return where witnesses run, as the policy's URLs have it."""
    log = f"https://{ORIGIN.partition('/')[0]}/log"

    def at(url, is_beside, log_url=log):
        policy = policy_of("all", "dune", "salt", log_url=log_url, dune=url)
        return told(
            dune,
            salt,
            policy=policy,
            seen=("dune", "salt"),
            replayed=("salt",),
            beside=("dune",) if is_beside else (),
        )

    return {
        "witness-elsewhere": at("https://witness.example/w", False),
        "witness-of-unknown-place": at("", False),
        "witness-on-the-ledgers-host": at("https://oasis.example:8443/w", True),
        "witness-on-the-ledgers-host-in-capitals": at("HTTPS://Oasis.Example", True),
        "witness-below-the-ledgers-host": at("https://w.oasis.example/", False),
        "witness-of-a-ledger-of-unknown-place": at(
            "https://oasis.example/w", False, log_url=""
        ),
        "witness-on-localhost": at("http://localhost:8701/witness", True),
        "witness-on-a-name-below-localhost": at("http://w.localhost/", True),
        "witness-on-127": at("http://127.9.0.1:8701/witness", True),
        "witness-on-loopback-of-version-6": at("http://[::1]:8701/witness", True),
        "witness-on-loopback-with-a-user": at("http://w:1@localhost:8701/", True),
        "witness-on-loopback-with-a-dot-at-its-end": at("http://localhost.:8701", True),
        "witness-on-loopback-spelled-short": at("http://127.1/", True),
        "witness-on-loopback-as-version-6": at("http://[::ffff:127.0.0.1]/w", True),
        "witness-on-every-address": at("http://0.0.0.0:8701/", True),
        "witness-with-the-ledgers-host-as-user": at("http://oasis.example@a.b/", False),
        "witness-on-the-ledgers-host-with-a-dot": at("https://oasis.example./w", True),
        "witness-with-localhost-in-its-name": at("http://localhost.example/", False),
        "witness-with-127-in-its-name": at("http://127.0.0.1.example/", False),
        "witness-with-localhost-in-its-path": at(
            "http://witness.example/localhost", False
        ),
        "all-that-count-on-the-ledgers-machine": told(
            dune,
            salt,
            policy=policy_of(
                "all", "dune", "salt", dune="http://localhost/", salt="http://127.0.0.1"
            ),
            seen=("dune", "salt"),
            replayed=("salt",),
            beside=("dune", "salt"),
        ),
        "who-does-not-count-is-nowhere": told(
            dune,
            policy=policy_of("any", "dune", "salt", salt="http://localhost/"),
            seen=("dune",),
        ),
    }
