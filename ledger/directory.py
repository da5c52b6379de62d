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

from collections.abc import Sequence
from typing import assert_never

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
    introduced_key,
    parse_action,
)
from ledger.bindings import Bindings, BoundKey, Party
from ledger.encoding import parse_canonical
from ledger.errors import AuthorityError
from ledger.event import Event
from ledger.note import VerifierKey
from ledger.statement import SignerRef, Statement, parse_statement


class Directory(Bindings):
    """The directory after the statements applied so far."""

    def introduced(self, action: Action) -> VerifierKey | None:
        """Return the key that an action itself introduces, if it signs."""
        return introduced_key(action)

    def check_event(self, index: int, statement: Statement, event: Event) -> str:
        """Check that every signer may sign an event at this index.

        Returns:
            The issuer's party.

        Raises:
            AuthorityError: A signer's key is no party's or has ended, or the issuer
                lacks a right; ``pointer`` says which.
        """
        party, rights = self._party_rights(statement.issuer)
        if len(statement.signers) > 1:
            for signer in statement.signers[1:]:
                self._party_key(signer)
        if (event.biz_step, event.disposition) not in rights.steps:
            raise AuthorityError(
                f"entry {index}: {statement.issuer.label} may not state "
                f"{event.biz_step} with disposition {event.disposition}",
                pointer="/bizStep",
            )
        missing = (
            {*event.set, *event.unset} - rights.persistent
            if event.set or event.unset
            else ()
        )
        if missing:
            raise AuthorityError(
                f"entry {index}: {statement.issuer.label} may not set or unset "
                f"{min(missing)}",
                pointer="/persistentDisposition",
            )
        return party

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

    def take_in(self, index: int, entry: bytes) -> None:
        """Take in a directory statement whose signatures were judged before.

        Raises:
            LedgerError: It is damaged, or no directory statement.
        """
        statement = parse_statement(entry)
        body = parse_canonical(statement.body)
        host = self.origin.partition("/")[0]
        self.apply(index, statement, parse_action(body, host=host, origin=self.origin))

    def apply(self, index: int, statement: Statement, action: Action) -> None:
        """Check a directory statement and take it in; nothing changes if it fails.

        Raises:
            AuthorityError: As ``check``.
        """
        self.check(index, statement, action)
        match action:
            case Genesis():
                self.begin(action)
            case Admit():
                self.put_party(index, action)
            case Authorize():
                self.bind(_authorized(index, action))
            case Revoke():
                self.end(index, action.key, suspect_since=action.suspect_since)
            case Rotate():
                self.put_registrar(index, action.registrar)
            case LedgerKey(change="add"):
                self.bind(BoundKey(action.key, "ledger", index))
            case LedgerKey():
                self.end(index, action.key)
            case _:
                assert_never(action)

    def _check_genesis(self, signers: Sequence[SignerRef], action: Genesis) -> str:
        _check_signers(signers, action.registrar)
        keys = (action.registrar, *action.recovery_keys, *action.ledger_keys)
        if len({vkey.key for vkey in keys}) != len(keys):
            raise AuthorityError("genesis: one key in two places")
        if len({vkey.label for vkey in keys}) != len(keys):
            raise AuthorityError("genesis: two keys under one name and id")
        return REGISTRAR

    def _check_admit(self, signers: Sequence[SignerRef], action: Admit) -> str:
        _check_signers(signers, self.registrar)
        for place, prefix in enumerate(action.prefixes):
            holder = self.holder_of_overlap(prefix, action.party)
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
        bound = self.keys.get(action.key.label)
        if bound is None or bound.vkey != action.key or bound.party != action.party:
            raise AuthorityError(
                f"key {action.key.label}: not one of {action.party}", pointer="/key"
            )
        if signers[0].label == action.key.label and bound.ended_at is None:
            return action.party
        return self._decider(signers[0], action.party)

    def _check_rotate(self, signers: Sequence[SignerRef], action: Rotate) -> str:
        genesis = self.genesis
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

    def _admitted(self, party: str, pointer: str) -> Party:
        if party not in self.parties:
            raise AuthorityError(f"party {party}: not admitted", pointer=pointer)
        return self.parties[party]

    def _party_key(self, signer: SignerRef) -> tuple[str, BoundKey]:
        """Return the party that a signer's key in force belongs to, and the key."""
        bound = self.key(signer)
        if bound is None or bound.party is None:
            raise AuthorityError(f"signer {signer.label}: not the key of a party")
        if bound.ended_at is not None:
            raise AuthorityError(
                f"signer {signer.label}: revoked by entry {bound.ended_at}"
            )
        return bound.party, bound

    def _party_rights(self, signer: SignerRef) -> tuple[str, Rights]:
        """Return the party of a signer's key in force, and what it may state now."""
        known = self._stating.get(signer.label)
        if known is None:
            party, bound = self._party_key(signer)
            known = self._stating[signer.label] = (party, self.rights_of(bound))
        return known

    def _decider(self, signer: SignerRef, party: str) -> str:
        """Return on whose word a signer decides for a party: registrar, or officer."""
        if signer.label == self.registrar.label:
            return REGISTRAR
        own_party, bound = self._party_key(signer)
        if not bound.is_officer or own_party != party:
            raise AuthorityError(
                f"signer {signer.label}: not the registrar, nor an officer of {party}"
            )
        return party

    def _check_free(self, vkey: VerifierKey, pointer: str) -> None:
        if not self.is_free(vkey):
            raise AuthorityError(
                f"key {vkey.label}: bound before, and for ever", pointer=pointer
            )


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
