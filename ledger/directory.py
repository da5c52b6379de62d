"""The directory: whose key is whose, and what each may do (blueprint, 3.7).

It is not stored anywhere: whoever has the directory statements replays them in order
and has it. A statement takes effect at its own index, for larger indices. Keys are
never forgotten, because what they signed while in force stays valid for ever, and so
that the same bytes never come to mean another party.

What is judged here is validity: who decides, which keys and prefixes are free, and the
rights of an issuer. Standing, a party's say about a subject, is not. Nothing is
verified here: ``statement`` has judged the signatures, ``action`` the form.

``scanner_web/verify/directory.js`` is the twin for the browser, and
``tests/support/reference/directory.py`` the slow definition.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, assert_never

from ledger.action import (
    REGISTRAR,
    Action,
    Admit,
    Authorize,
    Genesis,
    LedgerKey,
    Revoke,
    Rights,
    Rotate,
    action_subjects,
    introduced_key,
)
from ledger.errors import AuthorityError, SealMismatchError
from ledger.event import Event
from ledger.note import VerifierKey
from ledger.seal import format_time
from ledger.statement import SignerRef, Statement

Role = Literal["registrar", "recovery", "ledger", "party"]


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A key as the directory knows it, in force or not.

    ``party`` is None unless the role is ``party``. ``ended_at`` is the index of the
    statement that revoked, replaced or retired it.
    """

    vkey: VerifierKey
    role: Role
    bound_at: int
    party: str | None = None
    rights: Rights | None = None
    until: str | None = None
    until_ms: int | None = None
    is_importer: bool = False
    is_officer: bool = False
    on_behalf_of: str | None = None
    ended_at: int | None = None
    suspect_since: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party as its last ``admit``, at ``admitted_at``, describes it."""

    id: str
    kind: str
    name: str | None
    places: tuple[str, ...]
    prefixes: tuple[str, ...]
    rights: Rights
    admitted_at: int


class Directory:
    """The directory after the statements applied so far."""

    def __init__(self, origin: str) -> None:
        """Begin an empty directory.

        Args:
            origin: Name of the ledger.
        """
        self.origin = origin
        self.genesis: Genesis | None = None
        self._registrar: VerifierKey | None = None
        self._keys: dict[str, BoundKey] = {}
        self._key_bytes: set[bytes] = set()
        self._parties: dict[str, Party] = {}
        # Prefix to its party, and the prefixes in order, to find what lies in one.
        self._prefix_party: dict[str, str] = {}
        self._prefixes: list[str] = []

    @property
    def registrar(self) -> VerifierKey:
        """Return the registrar's key in force.

        Raises:
            AuthorityError: There is no genesis yet.
        """
        if self._registrar is None:
            raise AuthorityError("directory: empty, want the genesis at entry 0")
        return self._registrar

    @property
    def max_age_seconds(self) -> int:
        """Return how old a cosigned checkpoint may be.

        Raises:
            AuthorityError: There is no genesis yet.
        """
        return self._begun().max_age_seconds

    @property
    def ledger_keys(self) -> tuple[VerifierKey, ...]:
        """Return the keys that a checkpoint carries now, in the order of adding."""
        return tuple(
            bound.vkey
            for bound in self._keys.values()
            if bound.role == "ledger" and bound.ended_at is None
        )

    @property
    def parties(self) -> Mapping[str, Party]:
        """Return every party by its id."""
        return MappingProxyType(self._parties)

    @property
    def keys(self) -> Mapping[str, BoundKey]:
        """Return every key ever bound, by its label."""
        return MappingProxyType(self._keys)

    def key(self, signer: SignerRef) -> BoundKey | None:
        """Return a key by name and id, also when it has ended; None if never bound."""
        return self._keys.get(signer.label)

    def keys_of(self, party: str) -> tuple[BoundKey, ...]:
        """Return every key ever bound to a party, oldest first."""
        return tuple(bound for bound in self._keys.values() if bound.party == party)

    def introduced(self, action: Action) -> VerifierKey | None:
        """Return the key that an action itself introduces, if it signs."""
        return introduced_key(action)

    def subjects(self, action: Action) -> tuple[str, ...]:
        """Return the subjects of a directory statement, sorted."""
        return action_subjects(action)

    def copy(self) -> "Directory":
        """Return a directory that changes apart from this one."""
        twin = Directory(self.origin)
        twin.genesis = self.genesis
        twin._registrar = self._registrar
        twin._keys = dict(self._keys)
        twin._key_bytes = set(self._key_bytes)
        twin._parties = dict(self._parties)
        twin._prefix_party = dict(self._prefix_party)
        twin._prefixes = list(self._prefixes)
        return twin

    def until_ms(
        self, signer: SignerRef, content: Action | Event | None = None
    ) -> int | None:
        """Return when a signer's key expires; None if it does not.

        Args:
            signer: The signer.
            content: What its statement says, where that may introduce the key.
        """
        bound = self.key(signer)
        if bound is not None:
            return bound.until_ms
        if isinstance(content, Authorize) and content.key.label == signer.label:
            return content.until_ms
        return None

    def check_not_expired(self, signers: Iterable[SignerRef], time_ms: int) -> None:
        """Check that a seal of this time may close what these signers signed.

        Raises:
            SealMismatchError: The ``until`` of a key is not later than the time.
        """
        for signer in signers:
            until_ms = self.until_ms(signer)
            if until_ms is not None and until_ms <= time_ms:
                raise SealMismatchError(
                    f"seal time: got {format_time(time_ms)}, want before "
                    f"{format_time(until_ms)}, when the key {signer.label} ends"
                )

    def rights_of(self, bound: BoundKey) -> Rights:
        """Return what a party's key may state now.

        The party's rights, less what the key or the party it acts for does not have.

        Raises:
            AuthorityError: The key belongs to no party.
        """
        if bound.party is None:
            raise AuthorityError(f"{bound.vkey.label}: a {bound.role} key has no party")
        rights = self._parties[bound.party].rights
        if bound.rights is not None:
            rights = rights.shared_with(bound.rights)
        if bound.on_behalf_of is not None:
            rights = rights.shared_with(self._parties[bound.on_behalf_of].rights)
        return rights

    def check_event(self, index: int, statement: Statement, event: Event) -> str:
        """Check that every signer may sign an event at this index.

        Returns:
            The issuer's party.

        Raises:
            AuthorityError: A signer's key is no party's or has ended, or the issuer
                lacks a right; ``pointer`` says which.
        """
        for signer in statement.signers:
            self._party_key(signer)
        issuer = self._party_key(statement.issuer)
        rights = self.rights_of(issuer)
        if (event.biz_step, event.disposition) not in rights.steps:
            raise AuthorityError(
                f"entry {index}: {statement.issuer.label} may not state "
                f"{event.biz_step} with disposition {event.disposition}",
                pointer="/bizStep",
            )
        missing = {*event.set, *event.unset} - rights.persistent
        if missing:
            raise AuthorityError(
                f"entry {index}: {statement.issuer.label} may not set or unset "
                f"{min(missing)}",
                pointer="/persistentDisposition",
            )
        return self._party_of(issuer)

    def check(self, index: int, statement: Statement, action: Action) -> str:
        """Check that a directory statement is authorised at this index.

        Returns:
            The issuer's party, or ``registrar``.

        Raises:
            AuthorityError: The signers are not those that the action asks for, in its
                order; a key or prefix is taken; a right is not there to be given.
        """
        if isinstance(action, Genesis) != (index == 0):
            raise AuthorityError(f"entry {index}: the genesis is entry 0 and only that")
        match action:
            case Genesis():
                return self._check_genesis(statement.signers, action)
            case Admit():
                return self._check_admit(statement.signers, action)
            case Authorize():
                return self._check_authorize(statement.signers, action)
            case Revoke():
                return self._check_revoke(statement.signers, action)
            case Rotate():
                return self._check_rotate(statement.signers, action)
            case LedgerKey():
                return self._check_ledger_key(statement.signers, action)
            case _:
                assert_never(action)

    def apply(self, index: int, statement: Statement, action: Action) -> None:
        """Check a directory statement and take it in; nothing changes if it fails.

        Raises:
            AuthorityError: As ``check``.
        """
        self.check(index, statement, action)
        match action:
            case Genesis():
                self.genesis = action
                self._registrar = action.registrar
                self._bind(BoundKey(action.registrar, "registrar", index))
                for vkey in action.recovery_keys:
                    self._bind(BoundKey(vkey, "recovery", index))
                for vkey in action.ledger_keys:
                    self._bind(BoundKey(vkey, "ledger", index))
            case Admit():
                self._apply_admit(index, action)
            case Authorize():
                self._bind(_authorized(index, action))
            case Revoke():
                self._apply_revoke(index, action)
            case Rotate():
                self._end(index, self.registrar)
                self._registrar = action.registrar
                self._bind(BoundKey(action.registrar, "registrar", index))
            case LedgerKey(change="add"):
                self._bind(BoundKey(action.key, "ledger", index))
            case LedgerKey():
                self._end(index, action.key)
            case _:
                assert_never(action)

    def _check_genesis(self, signers: Sequence[SignerRef], action: Genesis) -> str:
        _check_signers(signers, action.registrar)
        keys = (action.registrar, *action.recovery_keys, *action.ledger_keys)
        if len({vkey.key for vkey in keys}) != len(keys):
            raise AuthorityError("genesis: one key in two places")
        _check_labels_differ(keys)
        return REGISTRAR

    def _check_admit(self, signers: Sequence[SignerRef], action: Admit) -> str:
        _check_signers(signers, self.registrar)
        for place, prefix in enumerate(action.prefixes):
            holder = self._holder_of_overlap(prefix, action.party)
            if holder is not None:
                raise AuthorityError(
                    f"prefix {prefix}: equals, contains or lies in one of {holder}",
                    pointer=f"/prefixes/{place}",
                )
        return REGISTRAR

    def _check_authorize(self, signers: Sequence[SignerRef], action: Authorize) -> str:
        party = self._admitted(action.party, "/party")
        decider = self._decider(signers[0], action.party)
        by_registrar = decider == REGISTRAR
        if action.is_officer and not by_registrar:
            raise AuthorityError(
                "officer: only the registrar makes one", pointer="/officer"
            )
        if action.rights is not None and not action.rights.is_within(party.rights):
            raise AuthorityError(
                f"rights: more than those of {party.id}", pointer="/rights"
            )
        needs_consent = action.on_behalf_of is not None and not by_registrar
        _check_count(signers, 3 if needs_consent else 2)
        _check_signer(signers[1], action.key)
        if action.on_behalf_of is not None:
            self._admitted(action.on_behalf_of, "/on_behalf_of")
            if needs_consent:
                self._decider(signers[2], action.on_behalf_of)
        self._check_free(action.key, "/key")
        return decider

    def _check_revoke(self, signers: Sequence[SignerRef], action: Revoke) -> str:
        _check_count(signers, 1)
        bound = self._keys.get(action.key.label)
        if bound is None or bound.vkey != action.key or bound.party != action.party:
            raise AuthorityError(
                f"key {action.key.label}: not one of {action.party}", pointer="/key"
            )
        if signers[0].label == action.key.label and bound.ended_at is None:
            return action.party
        return self._decider(signers[0], action.party)

    def _check_rotate(self, signers: Sequence[SignerRef], action: Rotate) -> str:
        genesis = self._begun()
        if signers[0].label == self.registrar.label:
            _check_signers(signers, self.registrar, action.registrar)
        else:
            # With no recovery keys the new key alone would otherwise be enough.
            if genesis.recovery_count == 0:
                raise AuthorityError("rotate: not by the registrar, and no recovery")
            _check_count(signers, 1 + genesis.recovery_count)
            _check_signer(signers[0], action.registrar)
            order = {k.label: place for place, k in enumerate(genesis.recovery_keys)}
            places = [order.get(signer.label, -1) for signer in signers[1:]]
            if places[0] < 0 or places != sorted(set(places)):
                raise AuthorityError(
                    "rotate: want recovery keys, in the order of the genesis"
                )
        self._check_free(action.registrar, "/registrar")
        return REGISTRAR

    def _check_ledger_key(self, signers: Sequence[SignerRef], action: LedgerKey) -> str:
        _check_signers(signers, self.registrar)
        if action.change == "add":
            self._check_free(action.key, "/add")
        elif action.key not in self.ledger_keys:
            raise AuthorityError(
                f"{action.key.label}: no ledger key in force", pointer="/retire"
            )
        elif len(self.ledger_keys) == 1:
            raise AuthorityError(
                f"{action.key.label}: the last ledger key", pointer="/retire"
            )
        return REGISTRAR

    def _apply_admit(self, index: int, action: Admit) -> None:
        before = self._parties.get(action.party)
        for prefix in () if before is None else before.prefixes:
            del self._prefix_party[prefix]
            del self._prefixes[bisect_left(self._prefixes, prefix)]
        for prefix in action.prefixes:
            self._prefix_party[prefix] = action.party
            insort(self._prefixes, prefix)
        self._parties[action.party] = Party(
            id=action.party,
            kind=action.kind,
            name=action.name,
            places=action.places,
            prefixes=action.prefixes,
            rights=action.rights,
            admitted_at=index,
        )

    def _apply_revoke(self, index: int, action: Revoke) -> None:
        # A key may be revoked again, to say since when it is suspect; the earliest
        # of each counts.
        bound = self._keys[action.key.label]
        since = [s for s in (bound.suspect_since, action.suspect_since) if s]
        self._keys[action.key.label] = replace(
            bound,
            ended_at=index if bound.ended_at is None else bound.ended_at,
            suspect_since=min(since, default=None),
        )

    def _bind(self, bound: BoundKey) -> None:
        self._keys[bound.vkey.label] = bound
        self._key_bytes.add(bound.vkey.key)

    def _end(self, index: int, vkey: VerifierKey) -> None:
        self._keys[vkey.label] = replace(self._keys[vkey.label], ended_at=index)

    def _begun(self) -> Genesis:
        if self.genesis is None:
            raise AuthorityError("directory: empty, want the genesis at entry 0")
        return self.genesis

    def _admitted(self, party: str, pointer: str) -> Party:
        if party not in self._parties:
            raise AuthorityError(f"party {party}: not admitted", pointer=pointer)
        return self._parties[party]

    def _party_key(self, signer: SignerRef) -> BoundKey:
        bound = self.key(signer)
        if bound is None or bound.role != "party":
            raise AuthorityError(f"signer {signer.label}: not the key of a party")
        if bound.ended_at is not None:
            raise AuthorityError(
                f"signer {signer.label}: revoked by entry {bound.ended_at}"
            )
        return bound

    def _party_of(self, bound: BoundKey) -> str:
        if bound.party is None:
            raise AuthorityError(f"signer {bound.vkey.label}: not the key of a party")
        return bound.party

    def _decider(self, signer: SignerRef, party: str) -> str:
        """Return on whose word a signer decides for a party: registrar, or officer."""
        if signer.label == self.registrar.label:
            return REGISTRAR
        bound = self._party_key(signer)
        if not bound.is_officer or bound.party != party:
            raise AuthorityError(
                f"signer {signer.label}: neither the registrar nor an officer of {party}"
            )
        return party

    def _check_free(self, vkey: VerifierKey, pointer: str) -> None:
        if vkey.key in self._key_bytes or vkey.label in self._keys:
            raise AuthorityError(
                f"key {vkey.label}: bound before, and for ever", pointer=pointer
            )

    def _holder_of_overlap(self, prefix: str, party: str) -> str | None:
        """Return another party with a prefix that equals, contains or lies in this."""
        above = prefix
        while above:
            holder = self._prefix_party.get(above, party)
            if holder != party:
                return holder
            above = above.rpartition("/")[0]
        for place in range(bisect_left(self._prefixes, prefix + "/"), len(self._prefixes)):
            below = self._prefixes[place]
            if not below.startswith(prefix + "/"):
                break
            if self._prefix_party[below] != party:
                return self._prefix_party[below]
        return None


def _authorized(index: int, action: Authorize) -> BoundKey:
    return BoundKey(
        vkey=action.key,
        role="party",
        bound_at=index,
        party=action.party,
        rights=action.rights,
        until=action.until,
        until_ms=action.until_ms,
        is_importer=action.is_importer,
        is_officer=action.is_officer,
        on_behalf_of=action.on_behalf_of,
    )


def _check_labels_differ(keys: Sequence[VerifierKey]) -> None:
    if len({vkey.label for vkey in keys}) != len(keys):
        raise AuthorityError("genesis: two keys under one name and id")


def _check_count(signers: Sequence[SignerRef], count: int) -> None:
    if len(signers) != count:
        raise AuthorityError(f"signers: got {len(signers)}, want {count}")


def _check_signer(signer: SignerRef, vkey: VerifierKey) -> None:
    if signer.label != vkey.label:
        raise AuthorityError(f"signer: got {signer.label}, want {vkey.label}")


def _check_signers(signers: Sequence[SignerRef], *keys: VerifierKey) -> None:
    _check_count(signers, len(keys))
    for signer, vkey in zip(signers, keys, strict=True):
        _check_signer(signer, vkey)
