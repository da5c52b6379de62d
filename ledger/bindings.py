"""Bindings: the parties and keys that a directory holds (blueprint, 3.7).

State and look-ups, without judgement: ``directory`` decides whether a statement may
change it. Keys are never forgotten, because what they signed while in force stays valid
for ever, and so that the same bytes never come to mean another party.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, Self

from ledger.action import Action, Admit, Authorize, Genesis, Rights
from ledger.errors import AuthorityError, SealMismatchError
from ledger.event import Event
from ledger.note import VerifierKey
from ledger.seal import format_time
from ledger.statement import SignerRef

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


class Bindings:
    """Every party and every key that was ever bound, and the ledger's own settings."""

    def __init__(self, origin: str) -> None:
        """Begin without any.

        Args:
            origin: Name of the ledger.
        """
        self.origin = origin
        self._genesis: Genesis | None = None
        self._registrar: VerifierKey | None = None
        self._keys: dict[str, BoundKey] = {}
        self._key_bytes: set[bytes] = set()
        self._parties: dict[str, Party] = {}
        self._admissions: dict[str, tuple[Party, ...]] = {}
        # Prefix to its party, and the prefixes in order, to find what lies in one.
        self._prefix_party: dict[str, str] = {}
        self._prefixes: list[str] = []
        # Party and rights by label of a key in force; forgotten at every change.
        self._stating: dict[str, tuple[str, Rights]] = {}

    @property
    def genesis(self) -> Genesis:
        """Return what entry 0 says.

        Raises:
            AuthorityError: There is no genesis yet.
        """
        if self._genesis is None:
            raise AuthorityError("directory: empty, want the genesis at entry 0")
        return self._genesis

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
        return self.genesis.max_age_seconds

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

    def admissions(self, party: str) -> tuple[Party, ...]:
        """Return everything that a party was ever admitted as, oldest first."""
        return self._admissions.get(party, ())

    def party_at(self, party: str, index: int) -> Party | None:
        """Return what a party was at an index: its last admission before it.

        Args:
            party: Its identifier.
            index: Of an entry; an admission takes effect for larger ones.
        """
        for admitted in reversed(self.admissions(party)):
            if admitted.admitted_at < index:
                return admitted
        return None

    def key(self, signer: SignerRef) -> BoundKey | None:
        """Return a key by name and id, also when it has ended; None if never bound."""
        return self._keys.get(signer.label)

    def keys_of(self, party: str) -> tuple[BoundKey, ...]:
        """Return every key ever bound to a party, oldest first."""
        return tuple(bound for bound in self._keys.values() if bound.party == party)

    def is_importer(self, signer: SignerRef) -> bool:
        """Say whether a signer's key may take over records of an existing register."""
        bound = self.key(signer)
        return bound is not None and bound.is_importer

    def copy(self) -> Self:
        """Return a twin that changes apart from this one."""
        twin = type(self)(self.origin)
        twin._genesis = self._genesis
        twin._registrar = self._registrar
        twin._keys = dict(self._keys)
        twin._key_bytes = set(self._key_bytes)
        twin._parties = dict(self._parties)
        twin._admissions = dict(self._admissions)
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

    def is_free(self, vkey: VerifierKey) -> bool:
        """Tell whether neither these key bytes nor this name and id were ever bound."""
        return vkey.key not in self._key_bytes and vkey.label not in self._keys

    def holder_of_overlap(self, prefix: str, party: str) -> str | None:
        """Return another party with a prefix that equals, contains or lies in this."""
        above = prefix
        while above:
            holder = self._prefix_party.get(above, party)
            if holder != party:
                return holder
            above = above.rpartition("/")[0]
        for place in range(
            bisect_left(self._prefixes, prefix + "/"), len(self._prefixes)
        ):
            below = self._prefixes[place]
            if not below.startswith(prefix + "/"):
                break
            if self._prefix_party[below] != party:
                return self._prefix_party[below]
        return None

    def begin(self, action: Genesis) -> None:
        """Bind the keys of the genesis."""
        self._genesis = action
        self.put_registrar(0, action.registrar)
        for vkey in action.recovery_keys:
            self.bind(BoundKey(vkey, "recovery", 0))
        for vkey in action.ledger_keys:
            self.bind(BoundKey(vkey, "ledger", 0))

    def put_registrar(self, index: int, vkey: VerifierKey) -> None:
        """Bind the registrar's key, which ends the one before."""
        if self._registrar is not None:
            self.end(index, self._registrar)
        self._registrar = vkey
        self.bind(BoundKey(vkey, "registrar", index))

    def put_party(self, index: int, action: Admit) -> None:
        """Take a party in, in place of what was said of it before."""
        before = self._parties.get(action.party)
        for prefix in () if before is None else before.prefixes:
            del self._prefix_party[prefix]
            del self._prefixes[bisect_left(self._prefixes, prefix)]
        for prefix in action.prefixes:
            self._prefix_party[prefix] = action.party
            insort(self._prefixes, prefix)
        admitted = Party(
            id=action.party,
            kind=action.kind,
            name=action.name,
            places=action.places,
            prefixes=action.prefixes,
            rights=action.rights,
            admitted_at=index,
        )
        self._parties[action.party] = admitted
        self._stating.clear()
        self._admissions[action.party] = (*self.admissions(action.party), admitted)

    def bind(self, bound: BoundKey) -> None:
        """Take a key in, for ever."""
        self._keys[bound.vkey.label] = bound
        self._stating.clear()
        self._key_bytes.add(bound.vkey.key)

    def end(
        self, index: int, vkey: VerifierKey, *, suspect_since: str | None = None
    ) -> None:
        """End a key.

        A key may be ended again, to say since when it is suspect: the earliest of
        each counts.
        """
        self._stating.clear()
        bound = self._keys[vkey.label]
        since = [time for time in (bound.suspect_since, suspect_since) if time]
        self._keys[vkey.label] = replace(
            bound,
            ended_at=index if bound.ended_at is None else bound.ended_at,
            suspect_since=min(since, default=None),
        )
