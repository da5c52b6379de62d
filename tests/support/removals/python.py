"""The checks of ``ledger/verify.py`` and of what it calls, each taken away."""

from tests.support.removals import Removal


def _never(step, what, file, condition):
    """Take a refusal away by the condition in front of it."""
    return Removal(step, what, file, condition, condition.partition(" ")[0] + " False:")


def _call(step, what, old, new="pass"):
    """Take a call out of the list of steps."""
    return Removal(step, what, "verify.py", old, new)


REMOVALS = (
    # 1
    _never(1, "the subject", "verify.py", "if passport.subject != subject:"),
    _never(1, "the version", "passport.py", "if version != FORMAT:"),
    _never(1, "closed members", "passport.py", "if odd:"),
    Removal(
        1,
        "ascending indices",
        "passport.py",
        "isinstance(value, bool) or value <= last:",
        "isinstance(value, bool):",
    ),
    Removal(
        1,
        "ascending names",
        "passport.py",
        "if not _NAME.fullmatch(name) or name <= last:",
        "if not _NAME.fullmatch(name):",
    ),
    Removal(
        1,
        "visible names",
        "passport.py",
        "if not _NAME.fullmatch(name) or name <= last:",
        "if name <= last:",
    ),
    _never(1, "at least one entry", "passport.py", "if not entries:"),
    # 2
    _never(2, "a log line", "trust.py", "if not keys:"),
    _never(
        2,
        "one key for one witness",
        "policy.py",
        "if not self.keys.isdisjoint({vkey.key, vkey.label}):",
    ),
    # 3
    Removal(
        3,
        "the signature",
        "checkpoint.py",
        "        verify_note_signature(vkey, parsed.text, line)\n",
        "",
    ),
    _never(3, "a known key", "checkpoint.py", "if not signed_by:"),
    _never(3, "one line of a key", "checkpoint.py", "if vkey.label in signed_by:"),
    # 4
    _call(4, "inclusion", "_check_included(passport, signed)"),
    _never(4, "the last entry", "verify.py", "if last_index != checkpoint.size - 1:"),
    Removal(4, "the root", "verify.py", "if root == checkpoint.root:", "if True:"),
    Removal(
        4,
        "no hash too many",
        "merkle.py",
        "    if next(given, None) is not None:\n"
        '        raise ProofShapeError(f"proof: got {len(proof)} hashes, want fewer")\n'
        "    return root\n",
        "    return root\n",
    ),
    Removal(
        4,
        "no hash too few",
        "merkle.py",
        "            if node is None:\n                raise ProofShapeError("
        'f"proof: got {len(proof)} hashes, want more")\n',
        "            if node is None:\n                return bytes(HASH_BYTES)\n",
    ),
    # 5
    _never(5, "seven lines", "seal.py", "if len(lines) != 8 or lines[7]:"),
    _never(5, "the header", "seal.py", "if header != HEADER:"),
    Removal(
        5,
        "its origin",
        "verify.py",
        "        if seal.origin != origin:\n",
        "        if False:\n",
    ),
    Removal(
        5,
        "its own index",
        "verify.py",
        "        if seal.index != index:\n",
        "        if False:\n",
    ),
    # 6
    _never(6, "the genesis", "verify.py", "if entries[0][0] != 0:"),
    Removal(
        6,
        "the genesis once",
        "directory.py",
        "if isinstance(action, Genesis) != (index == 0):",
        "if isinstance(action, Genesis) and False:",
    ),
    Removal(
        6,
        "who admits",
        "directory.py",
        "        _check_signers(signers, self.registrar)\n"
        "        for place, prefix in enumerate(action.prefixes):",
        "        for place, prefix in enumerate(action.prefixes):",
    ),
    Removal(
        6,
        "who binds a key",
        "directory.py",
        "decider = self._decider(signers[0], action.party)",
        "decider = REGISTRAR",
    ),
    Removal(
        6,
        "possession of the key",
        "directory.py",
        "        _check_count(signers, 3 if needs_consent else 2)\n"
        "        _check_signer(signers[1], action.key)\n",
        "",
    ),
    Removal(
        6,
        "a key bound once",
        "directory.py",
        '        self._check_free(action.key, "/key")\n',
        "",
    ),
    Removal(
        6,
        "officers of a party",
        "directory.py",
        "if not bound.is_officer or own_party != party:",
        "if False:",
    ),
    Removal(
        6,
        "who replaces the registrar",
        "directory.py",
        "if places[0] < 0 or places != sorted(set(places)):",
        "if False:",
    ),
    Removal(
        6,
        "the signatures of a directory statement",
        "replay.py",
        "    verify_statement_signatures(statement, keys)\n",
        '    if statement.kind != "directory":\n'
        "        verify_statement_signatures(statement, keys)\n",
    ),
    Removal(
        6,
        "the ledger of a directory statement",
        "replay.py",
        "        check_origin(statement, self.origin)\n",
        '        if statement.kind != "directory":\n'
        "            check_origin(statement, self.origin)\n",
    ),
    Removal(
        6,
        "keys that the directory has",
        "replay.py",
        "            elif introduced is not None and "
        "introduced.label == signer.label:\n"
        "                keys.append(introduced)\n"
        "            else:\n"
        "                raise UnknownKeyError("
        'f"signer: {signer.label} is not in the directory")\n',
        "            else:\n"
        "                keys.append(introduced or self.directory.registrar)\n",
    ),
    # 7
    Removal(
        7,
        "signature lines as signers",
        "statement.py",
        "    _check_signature_lines(signers, note.signatures)\n",
        "",
    ),
    Removal(
        7,
        "the signatures of an event",
        "replay.py",
        "    verify_statement_signatures(statement, keys)\n",
        '    if statement.kind == "directory":\n'
        "        verify_statement_signatures(statement, keys)\n",
    ),
    Removal(
        7,
        "the ledger of an event",
        "replay.py",
        "        check_origin(statement, self.origin)\n",
        '        if statement.kind == "directory":\n'
        "            check_origin(statement, self.origin)\n",
    ),
    Removal(
        7,
        "bound keys",
        "replay.py",
        '                if statement.kind == "directory":\n'
        "                    return None\n"
        "                raise UnknownKeyError("
        'f"signer: {signer.label} is not in the directory")\n',
        "                return None\n",
    ),
    Removal(
        7,
        "a text once",
        "replay.py",
        "        _refuse_known_text(statement, known)\n",
        "",
    ),
    Removal(
        7,
        "rights",
        "replay.py",
        "            party = self.directory.check_event(self.size, "
        "statement, content)\n",
        "            bound = self.directory.key(statement.issuer)\n"
        "            party = bound.party or '' if bound else ''\n",
    ),
    _never(
        7,
        "the right to a step",
        "directory.py",
        "if (event.biz_step, event.disposition) not in rights.steps:",
    ),
    _never(7, "the right to a disposition", "directory.py", "if missing:"),
    _never(7, "revoked keys", "directory.py", "if bound.ended_at is not None:"),
    _never(
        7, "keys of parties", "directory.py", "if bound is None or bound.party is None:"
    ),
    # 8
    _call(8, "what is given", "check_given(passport.lists, judged)"),
    _never(
        8,
        "a: on a list",
        "lists.py",
        "if not found and isinstance(statement.content, Event):",
    ),
    _never(8, "b: just what belongs there", "lists.py", "if different:"),
    Removal(
        8,
        "b: what is listed is given",
        "lists.py",
        "different = set(listed).symmetric_difference(given[name])",
        "different = set(given[name]) - set(listed)",
    ),
    Removal(
        8,
        "b: what is given is listed",
        "lists.py",
        "different = set(listed).symmetric_difference(given[name])",
        "different = set(listed) - set(given[name])",
    ),
    # 9
    _call(
        9,
        "the lists",
        "verify_lists(\n"
        "            last.index_root, origin=origin, lists=passport.lists, "
        "proof=passport.proof\n        )",
    ),
    _never(9, "the index root", "completeness.py", "if got != root:"),
    Removal(9, "no token left over", "completeness.py", "    reader.check_end()\n", ""),
    Removal(
        9,
        "that an empty list is proved",
        "completeness.py",
        "    if len(listed) != 1:\n",
        "    if not listed:\n",
    ),
    Removal(
        9,
        "absence in a map of none",
        "completeness.py",
        "def _empty_root(wanted: Iterable[_Wanted]) -> bytes:\n"
        "    _refuse_listed(wanted)\n",
        "def _empty_root(wanted: Iterable[_Wanted]) -> bytes:\n",
    ),
    Removal(
        9,
        "absence by another's leaf",
        "completeness.py",
        '        raise ProofShapeError("leaf: stands where no path of its key leads")\n'
        "    _refuse_listed(wanted)\n",
        '        raise ProofShapeError("leaf: stands where no path '
        'of its key leads")\n',
    ),
    Removal(
        9,
        "absence by a node",
        "completeness.py",
        "    _refuse_listed((*wanted[:start], *wanted[end:]))\n",
        "",
    ),
    _never(
        9,
        "a leaf of a name that is said to have none",
        "completeness.py",
        "if any(each.key == key for each in wanted):",
    ),
    _never(
        9,
        "where a leaf stands",
        "completeness.py",
        "if key_prefix(key, depth) != key_prefix(wanted[0].key, depth):",
    ),
    _never(
        9,
        "where a node stands",
        "completeness.py",
        "if key_prefix(prefix, depth) != key_prefix(wanted[0].key, depth):",
    ),
    _never(
        9,
        "zeros behind a prefix",
        "completeness.py",
        "if key_prefix(prefix, length) != prefix:",
    ),
    _never(
        9,
        "one proof for a map and names",
        "completeness.py",
        "if end - start == len(wanted):",
    ),
    _never(
        9,
        "the bits that names share",
        "completeness.py",
        "if key_prefix(wanted[-1].key, length) != prefix:",
    ),
    _never(
        9,
        "longer prefixes on the way down",
        "completeness.py",
        "if not depth <= length < _KEY_BITS:",
    ),
    _never(
        9,
        "a leaf of one or more",
        "completeness.py",
        "if not 1 <= count <= _MAX_INDEX:",
    ),
    _never(
        9,
        "ascending lists",
        "completeness.py",
        "if type(index) is not int or not last < index <= _MAX_INDEX:",
    ),
    _never(9, "a name", "completeness.py", "if not lists:"),
    # 10
    _call(10, "the directory", "check_directory_whole(passport.lists, judged)"),
    _never(
        10,
        "a directory statement on a list",
        "lists.py",
        "if not any(name in lists for name in statement.listed_under):",
    ),
    # 11
    _call(
        11,
        "the lot",
        "lot = find_lot(subject, lot=lot, lists=events, directory=directory)",
    ),
    _never(
        11,
        "a code that is recorded",
        "verify.py",
        "if not passport.lists[subject] or subject.endswith(ALARM_SUFFIX):",
    ),
    Removal(
        11,
        "a code that is no list",
        "verify.py",
        "if not passport.lists[subject] or subject.endswith(ALARM_SUFFIX):",
        "if not passport.lists[subject]:",
    ),
    Removal(
        11,
        "packed by its creator",
        "closure.py",
        "if logged.party in creators and subject in",
        "if subject in",
    ),
    Removal(
        11,
        "a lot of its trade item",
        "closure.py",
        '        if _item_and_key(name) == (item, "10")\n',
        '        if _item_and_key(name)[1] == "10"\n',
    ),
    Removal(11, "exactly one lot", "closure.py", "if len(lots) != 1:", "if not lots:"),
    Removal(
        11,
        "at least one lot",
        "closure.py",
        "    if len(lots) != 1:\n",
        "    if not lots:\n        return None\n    if len(lots) != 1:\n",
    ),
    _never(11, "the lot scanned", "closure.py", "if lot not in {None, found}:"),
    Removal(
        11,
        "no packing in error",
        "closure.py",
        "    kept, _ = settle_errors(events)\n    lots = {",
        "    kept = events\n    lots = {",
    ),
    Removal(
        11,
        "the list of the code",
        "closure.py",
        "    events = _required(lists, subject)\n    item, key",
        "    events = lists.whole(subject) or []\n    item, key",
    ),
    # 12
    Removal(
        12,
        "a list that is needed",
        "closure.py",
        "    if events is None:\n"
        '        raise IncompleteError(f"list of {name}: not given")\n'
        "    return events\n",
        "    return events or ()\n",
    ),
    Removal(
        12,
        "the lot's list",
        "closure.py",
        '        found.take_whole(lot, "lot")\n',
        "        if lists.whole(lot) is not None:\n"
        '            found.take_whole(lot, "lot")\n',
    ),
    Removal(
        12,
        "the trade item",
        "closure.py",
        '    if key in {"10", "21"}:\n        found.take_whole(item, "trade-item")\n',
        "",
    ),
    Removal(12, "the parents", "closure.py", "    found.follow_parents(subject)\n", ""),
    Removal(
        12,
        "parents of parents",
        "closure.py",
        "            children = sorted(parents - seen)\n",
        "            children, found = [], sorted(parents - seen)\n",
    ),
    Removal(
        12,
        "the sources",
        "closure.py",
        "    found.follow_sources([subject] if lot is None else [subject, lot])\n",
        "",
    ),
    Removal(
        12,
        "sources of the lot",
        "closure.py",
        "[subject] if lot is None else [subject, lot]",
        "[subject]",
    ),
    Removal(
        12,
        "sources of sources",
        "closure.py",
        "            made = [name for name in new if not self.members[name].is_open]\n",
        "            made = []\n",
    ),
    Removal(
        12,
        "a source's list or its alarms",
        "closure.py",
        "        if alarms is None:\n"
        '            raise IncompleteError(f"list of {name}: not given")\n',
        "        alarms = alarms or ()\n",
    ),
    Removal(
        12,
        "the transformation's list",
        "closure.py",
        "{self._inputs_of_parts(each, parties) for each in sorted(shared)}",
        "{frozenset(each) for each in ()}",
    ),
    Removal(
        12,
        "who links",
        "closure.py",
        "return (e for e in self._settled(self.events[name]) if standing.covers(e))",
        "return iter(self._settled(self.events[name]))",
    ),
    Removal(
        12,
        "who tells a part of a transformation",
        "closure.py",
        "            and not parties.isdisjoint(part.parties)\n",
        "",
    ),
    Removal(
        12,
        "no link in error",
        "closure.py",
        "        self.in_error |= {e.index for e in events} - {e.index for e in kept}\n"
        "        return kept\n",
        "        return list(events)\n",
    ),
    Removal(
        12,
        "that a class has things below it",
        "closure.py",
        "if names_class(name) or any(",
        "if any(",
    ),
    Removal(
        12,
        "that a parent has things below it",
        "closure.py",
        'event.type == "AggregationEvent" and event.body.get("parentID") == name\n',
        "False\n",
    ),
    Removal(
        12,
        "that something was made of it",
        "closure.py",
        'event.type == "TransformationEvent" and name in _inputs(event)\n',
        "False\n",
    ),
    Removal(
        12,
        "who may say what is below",
        "closure.py",
        "told = [logged.event for logged in self._linking(name)]",
        "told = [logged.event for logged in self._settled(self.events[name])]",
    ),
    # 13
    _call(13, "the ledger keys", "check_ledger_keys(signed, directory.ledger_keys)"),
    Removal(
        13,
        "a line of each key",
        "trust.py",
        "        if not lines:\n",
        "        if not lines:\n            continue\n        if not lines:\n",
    ),
    _never(13, "one line of each key", "trust.py", "if len(lines) > 1:"),
    Removal(
        13,
        "that it holds",
        "trust.py",
        "        verify_note_signature(vkey, signed.text, lines[0])\n",
        "",
    ),
    # 14
    _call(14, "the order of seals", "check_seal_order(seals)"),
    _never(
        14,
        "the seal before",
        "closing.py",
        "if seal.previous is None or seal.previous < before.index:",
    ),
    _never(
        14,
        "times that never run backwards",
        "closing.py",
        "if seal.time_ms < before.time_ms:",
    ),
    Removal(
        14,
        "the closing seal of what is shown",
        "closing.py",
        "elif until_ms is not None or index in needed:",
        "elif until_ms is not None:",
    ),
    Removal(
        14,
        "the closing seal of a key that ends",
        "closing.py",
        "elif until_ms is not None or index in needed:",
        "elif index in needed:",
    ),
    Removal(
        14,
        "expired keys",
        "closing.py",
        "                verify_not_expired(seal, until_ms)\n",
        "                pass\n",
    ),
    _never(
        14, "a seal before that is one", "closing.py", "if later.previous == index:"
    ),
    # 15
    _call(15, "event ids", "check_event_ids(judged, whole=passport.lists)"),
    Removal(
        15,
        "a declaration",
        "replay.py",
        "    if not new.is_declaration:\n",
        "    if False:\n",
    ),
    _never(15, "a declaration once", "replay.py", "if len(same) > 1:"),
    _never(
        15,
        "a declaration of the same",
        "replay.py",
        "if same[0].fingerprint != new.fingerprint:",
    ),
    Removal(
        15,
        "a declaration's original",
        "eventids.py",
        "elif any(subject in whole for subject in content.subjects):",
        "elif False:",
    ),
    # 16
    Removal(
        16,
        "who may raise and lift",
        "standing.py",
        "    if word in _BY_ANYBODY:\n        return True\n",
        "    return True\n",
    ),
    Removal(
        16,
        "that a creator may",
        "standing.py",
        "    return logged.party in standing.creators or is_by_authority(",
        "    return is_by_authority(",
    ),
    Removal(
        16,
        "that an authority may",
        "standing.py",
        "    return admitted is not None and admitted.kind == AUTHORITY\n",
        "    return False\n",
    ),
    Removal(
        16,
        "a recall by creators only",
        "standing.py",
        "    if word in _BY_CREATORS:\n",
        "    if False:\n",
    ),
    Removal(
        16,
        "a failed test by anybody",
        "standing.py",
        "    if word in _BY_ANYBODY:\n        return True\n",
        "",
    ),
    Removal(
        16,
        "an alarm after it was lifted",
        "standing.py",
        "            or logged.index >= lifted_by_others.get(word, 0)\n",
        "            or word not in lifted_by_others\n",
    ),
    Removal(
        16,
        "a lift",
        "standing.py",
        "                lifted_by_others[word] = logged.index\n",
        "                pass\n",
    ),
    Removal(
        16,
        "a lift by who raised it",
        "standing.py",
        "            taken_back[word, logged.party] = logged.index\n",
        "",
    ),
    Removal(
        16,
        "a lift by an authority",
        "standing.py",
        "                lifted_by_authority[word] = logged.index\n",
        "                pass\n",
    ),
    Removal(
        16,
        "who may lift at all",
        "standing.py",
        "            if not is_entitled(word, logged, standing, directory):\n"
        "                continue\n",
        "",
    ),
    Removal(
        16,
        "that an authority's word is not for others to lift",
        "standing.py",
        "            is_by_authority(logged, directory)\n            or logged",
        "            logged",
    ),
    Removal(
        16,
        "that a failed test is not for others to lift",
        "standing.py",
        "            elif word not in _BY_ANYBODY:\n",
        "            else:\n",
    ),
    Removal(
        16,
        "what is not judged and cannot count",
        "standing.py",
        "        if is_entitled(word, logged, _widest(subject, logged, directory), "
        "directory)\n",
        "",
    ),
    Removal(
        16,
        "no alarm in error",
        "standing.py",
        "    kept, _ = settle_errors(events)\n    taken",
        "    kept = list(events)\n    taken",
    ),
    Removal(
        16,
        "an alarm that nobody can judge",
        "closure.py",
        "            return unjudged_alarms_of(name, events, self.directory)\n",
        "            return ()\n",
    ),
    Removal(
        16,
        "whose own a subject is",
        "standing.py",
        "return issuer is not None and any(within(subject, p) for p "
        "in issuer.prefixes)",
        "return issuer is not None",
    ),
    Removal(
        16,
        "when it was its own",
        "standing.py",
        "    issuer = directory.party_at(logged.party, "
        "logged.index)\n    return issuer",
        "    issuer = directory.party_at(logged.party, 2**40)\n    return issuer",
    ),
    Removal(
        16,
        "when it was an authority",
        "standing.py",
        "    admitted = directory.party_at(logged.party, logged.index)\n",
        "    admitted = directory.party_at(logged.party, 2**40)\n",
    ),
    Removal(
        16,
        "whom standing comes to",
        "standing.py",
        "            parties.update(logged.parties, destinations_of(logged.event))\n",
        "            parties.update(logged.parties)\n",
    ),
    Removal(
        16,
        "standing at all",
        "standing.py",
        "        return not self.parties.isdisjoint(logged.parties)\n",
        "        return True\n",
    ),
    Removal(
        16,
        "what is told apart",
        "verify.py",
        "        if closure.is_apart(logged, directory)\n",
        "        if False\n",
    ),
    Removal(
        16,
        "who releases",
        "closure.py",
        "        if is_release(logged.event):\n",
        "        if False:\n",
    ),
    Removal(
        16,
        "flags of a statement",
        "verify.py",
        "            flags = flags_of_event(\n"
        "                statement.index,\n"
        "                statement.content,\n"
        "                log_time_ms=seal.time_ms,\n"
        "                "
        "is_importer=directory.is_importer(statement.statement.issuer),\n"
        "            )\n",
        "            pass\n",
    ),
    Removal(
        16,
        "flags between statements",
        "verify.py",
        "        flags += between[statement.index]\n",
        "",
    ),
    Removal(
        16,
        "flags of those with a say only",
        "verify.py",
        "            if logged.index not in apart\n",
        "",
    ),
    # 17
    _call(
        17,
        "the witnesses",
        "        check_fresh(\n",
        "        (lambda *_, **__: None)(\n",
    ),
    Removal(
        17,
        "the quorum",
        "trust.py",
        "if witnessing.time is None and policy.quorum is not None:",
        "if False:",
    ),
    Removal(17, "that a time is said", "trust.py", " if time > 0}", "}"),
    Removal(
        17,
        "that who has seen it has since then",
        "trust.py",
        "[w for w in known if times[w.name] >= since]",
        "[*known]",
    ),
    Removal(
        17,
        "that it was recomputed of late",
        "trust.py",
        "[w for w in recent if is_replaying(w)]",
        "[w for w in known if is_replaying(w)]",
    ),
    Removal(
        17,
        "who recomputes what it cosigns",
        "trust.py",
        "return witness.vkey.name.endswith(REPLAYING)",
        "return True",
    ),
    Removal(
        17,
        "that nobody has recomputed it yet",
        "trust.py",
        "times.get(w.name, until + 1) <= until]",
        "w.name in times]",
    ),
    Removal(
        17,
        "whether anybody has recomputed it",
        "verify.py",
        'absent = [] if witnessing.replayed_by else ["replay"]',
        "absent = []",
    ),
    Removal(
        17,
        "who runs on the ledger's machine",
        "trust.py",
        "host in hosts or _LOOPBACK.fullmatch(host) is not None",
        "_LOOPBACK.fullmatch(host) is not None",
    ),
    Removal(
        17,
        "who runs on this machine",
        "trust.py",
        "host in hosts or _LOOPBACK.fullmatch(host) is not None",
        "host in hosts",
    ),
    Removal(
        17,
        "that a witness's clock agrees with the reader's",
        "trust.py",
        "is_clock_doubtful=not recent\n        and (",
        "is_clock_doubtful=(",
    ),
    Removal(
        17,
        "that a clock explains too few",
        "trust.py",
        "policy.quorum is not None and is_quorum(policy, times)",
        "True",
    ),
    Removal(
        17,
        "that a clock explains how old it is",
        "trust.py",
        "else now_ms - seconds * 1000 > DOUBTFUL_MS",
        "else True",
    ),
    _never(
        17,
        "how old it is",
        "trust.py",
        "if now_ms - time_ms > max_age_seconds * 1000:",
    ),
    _never(
        17,
        "what they have not seen",
        "trust.py",
        "if seal.time_ms > time_ms + FUTURE_MS:",
    ),
    Removal(
        17,
        "times to come",
        "policy.py",
        "if time <= until}",
        "if True}",
    ),
    Removal(
        17,
        "that a cosignature holds",
        "policy.py",
        "            times[witness.name] = "
        "verify_cosignature(witness.vkey, note.text, lines[0])\n",
        "            times[witness.name] = int.from_bytes("
        'lines[0].signature[:8], "big")\n',
    ),
    _never(17, "one line of a witness", "policy.py", "if len(lines) > 1:"),
    # 18
    _call(
        18,
        "the label",
        "None if label is None else _compared(label, passport, signed)",
        "None",
    ),
    Removal(
        18,
        "all of its text",
        "fragment.py",
        "_FRAGMENT.fullmatch(text)",
        "_FRAGMENT.match(text)",
    ),
    _never(
        18, "a tree that there is", "verify.py", "if printed.size > checkpoint.size:"
    ),
    _call(
        18,
        "the size of the label",
        "if given is None or given.size != printed.size:",
        "if given is None:",
    ),
    _call(
        18,
        "consistency",
        "    verify_consistency(\n",
        "    (lambda **_: None)(\n",
    ),
    _never(18, "what is printed", "verify.py", "if had != wanted:"),
)
