"""The checks of ``scanner_web/verify`` and of the page, each taken away."""

from tests.support.removals import Removal


def _never(step, what, file, condition):
    """Take a refusal away by the condition in front of it."""
    return Removal(step, what, file, condition, "if (false)")


def _gone(step, what, file, old):
    """Take a line away."""
    return Removal(step, what, file, old, "")


def _in(step, what, file, old, new):
    return Removal(step, what, file, old, new)


PASSPORT = "verify/passport.js"
CHECKPOINT = "verify/checkpoint.js"
VERIFY = "verify/verify.js"
MERKLE = "verify/merkle.js"
REPLAY = "verify/replay.js"
SEAL = "verify/seal.js"
DIRECTORY = "verify/directory.js"
LISTS = "verify/lists.js"
COMPLETENESS = "verify/completeness.js"
CLOSURE = "verify/closure.js"
STANDING = "verify/standing.js"
CLOSING = "verify/closing.js"
EVENT_IDS = "verify/eventids.js"
TRUST = "verify/trust.js"
POLICY = "verify/policy.js"
FRAGMENT = "verify/fragment.js"
SHOWN = "shown.js"
SCAN = "scan.js"

REMOVALS = (
    # 1
    _never(1, "the subject", VERIFY, "if (passport.subject !== question.subject)"),
    _never(
        1,
        "another version",
        PASSPORT,
        'if (typeof format === "string" && isOtherVersion(format))',
    ),
    _never(1, "the version", PASSPORT, "if (format !== FORMAT)"),
    _never(1, "closed members", PASSPORT, "if (names.join() !== want.join())"),
    _never(1, "at least one entry", PASSPORT, "if (pairs.length === 0)"),
    _in(1, "ascending entries", PASSPORT, "if (index <= last) {", "if (false) {"),
    _in(1, "ascending indices", PASSPORT, "|| index <= last) {", ") {"),
    _never(1, "ascending names", PASSPORT, "if (name <= last)"),
    _never(1, "visible names", PASSPORT, "if (!NAME.test(name))"),
    # 2
    _never(2, "a log line", TRUST, "if (keys.length === 0)"),
    _never(2, "one key for one witness", POLICY, "if (this.keys.has(sign))"),
    # 3
    _gone(
        3,
        "the signature",
        CHECKPOINT,
        "    await verifyNoteSignature(vkey, note.text, line);\n",
    ),
    _never(3, "a known key", CHECKPOINT, "if (signedBy.length === 0)"),
    _never(3, "one line of a key", CHECKPOINT, "if (signedBy.includes(label(vkey)))"),
    # 4
    _gone(4, "inclusion", VERIFY, "  await verifyEntries(passport, signed);\n"),
    _never(4, "the last entry", VERIFY, "if (last.index !== checkpoint.size - 1)"),
    _never(4, "the root", VERIFY, "if (toHex(root) !== toHex(checkpoint.root))"),
    _in(
        4,
        "no hash too many",
        MERKLE,
        "  const root = walk(0, treeSize);\n  checkSpent(hashes);\n",
        "  const root = walk(0, treeSize);\n",
    ),
    # 5
    _never(
        5,
        "a seal",
        SEAL,
        'if (header !== HEADER || lines.length !== 8 || end !== "")',
    ),
    _in(
        5,
        "seven lines",
        SEAL,
        'if (header !== HEADER || lines.length !== 8 || end !== "")',
        "if (header !== HEADER)",
    ),
    _in(
        5,
        "the header",
        SEAL,
        'if (header !== HEADER || lines.length !== 8 || end !== "")',
        'if (lines.length !== 8 || end !== "")',
    ),
    _never(5, "its origin", REPLAY, "if (seal.origin !== origin)"),
    _never(5, "its own index", REPLAY, "if (seal.index !== index)"),
    # 6
    _never(6, "the genesis", VERIFY, "if (first.index !== 0)"),
    _never(
        6,
        "the genesis once",
        DIRECTORY,
        'if ((action.action === "genesis") !== (index === 0))',
    ),
    _in(
        6,
        "who admits",
        DIRECTORY,
        "    checkSigners(signers, this.registrar);\n    for (const [place, prefix]",
        "    for (const [place, prefix]",
    ),
    _in(
        6,
        "who binds a key",
        DIRECTORY,
        "const decider = this.decider(signers[0], action.party);",
        "const decider = REGISTRAR;",
    ),
    _in(
        6,
        "possession of the key",
        DIRECTORY,
        "    checkCount(signers, needsConsent ? 3 : 2);\n"
        "    checkSigner(signers[1], action.key);\n",
        "",
    ),
    _gone(
        6, "a key bound once", DIRECTORY, '    this.checkFree(action.key, "/key");\n'
    ),
    _never(
        6,
        "officers of a party",
        DIRECTORY,
        "if (!authorized.isOfficer || authorized.party !== party)",
    ),
    _never(6, "who replaces the registrar", DIRECTORY, "if (place <= last)"),
    _in(
        6,
        "the signatures of a directory statement",
        REPLAY,
        "    await verifyStatementSignatures(statement, keys);\n",
        '    if (statement.kind !== "directory") '
        "await verifyStatementSignatures(statement, keys);\n",
    ),
    _in(
        6,
        "the ledger of a directory statement",
        REPLAY,
        "    checkOrigin(statement, this.origin);\n",
        '    if (statement.kind !== "directory") '
        "checkOrigin(statement, this.origin);\n",
    ),
    _in(
        6,
        "keys that the directory has",
        REPLAY,
        "      if (introduced && label(introduced) === "
        "label(signer)) return introduced;\n",
        "      if (introduced || this.directory.parties.size > 0) "
        "return introduced || this.directory.registrar;\n",
    ),
    # 7
    _never(
        7,
        "signature lines as signers",
        "verify/statement.js",
        'if (signers.map(label).join(" ") !== lines.map(label).join(" "))',
    ),
    _in(
        7,
        "the signatures of an event",
        REPLAY,
        "    await verifyStatementSignatures(statement, keys);\n",
        '    if (statement.kind === "directory") '
        "await verifyStatementSignatures(statement, keys);\n",
    ),
    _in(
        7,
        "the ledger of an event",
        REPLAY,
        "    checkOrigin(statement, this.origin);\n",
        '    if (statement.kind === "directory") '
        "checkOrigin(statement, this.origin);\n",
    ),
    _in(
        7,
        "bound keys",
        REPLAY,
        '      throw new Refusal("unknown-key", '
        "`signer: ${label(signer)} is not in the directory`);\n",
        "      return this.directory.registrar;\n",
    ),
    _gone(
        7,
        "a text once",
        REPLAY,
        "    await this.refuseKnownText(index, statement);\n",
    ),
    _in(
        7,
        "rights",
        REPLAY,
        "const party = this.directory.checkEvent(index, statement, event);",
        "const [signer] = statement.signers;\n"
        '      const party = this.directory.partyOf(signer) || "";',
    ),
    _never(
        7,
        "the right to a step",
        DIRECTORY,
        "if (!rights.steps.has(stepText(event.bizStep, event.disposition)))",
    ),
    _in(
        7,
        "the right to a disposition",
        DIRECTORY,
        "if (rights.persistent.has(word)) continue;",
        "continue;",
    ),
    _never(7, "revoked keys", DIRECTORY, "if (bound.endedAt !== null)"),
    _in(
        7,
        "keys of parties",
        DIRECTORY,
        "const [issuer] = statement.signers.map((signer) => this.partyKey(signer));",
        "const issuer = this.partyKey(statement.signers[0]);",
    ),
    # 8
    _gone(8, "what is given", VERIFY, "  verifyGiven(lists, judged);\n"),
    _never(8, "a: on a list", LISTS, "if (found.length === 0 && statement.event)"),
    _gone(
        8,
        "b: just what belongs there",
        LISTS,
        "    verifyList(name, listed, /** @type {number[]} */ (given.get(name)));\n",
    ),
    _in(
        8,
        "b: what is listed is given",
        LISTS,
        "  if (want === undefined && got === undefined) return;\n",
        "  if (got === undefined) return;\n",
    ),
    _in(
        8,
        "b: what is given is listed",
        LISTS,
        "  if (want === undefined && got === undefined) return;\n",
        "  if (want === undefined) return;\n",
    ),
    # 9
    _gone(
        9,
        "the lists",
        VERIFY,
        "  await verifyLists(lastSeal.indexRoot, "
        "{ origin, lists, proof: passport.lists.proof });\n",
    ),
    _in(9, "the index root", COMPLETENESS, "if (isSame(got, root)) return;", "return;"),
    _never(9, "no token left over", COMPLETENESS, "if (at !== proof.length)"),
    _in(
        9,
        "one list for a leaf",
        COMPLETENESS,
        "if (leaves.length === 1 && leaves[0]) return leaves[0];",
        "if (leaves[0]) return leaves[0];",
    ),
    _in(
        9,
        "absence in a map of none",
        COMPLETENESS,
        "  refuseListed(wanted);\n  return EMPTY_INDEX_ROOT;\n",
        "  return EMPTY_INDEX_ROOT;\n",
    ),
    _in(
        9,
        "absence by another's leaf",
        COMPLETENESS,
        "  refuseListed(wanted);\n  if (wanted.some(",
        "  if (wanted.some(",
    ),
    _gone(
        9,
        "absence by a node",
        COMPLETENESS,
        "  refuseListed(wanted.filter((each) => !below.includes(each)));\n",
    ),
    _never(
        9,
        "a leaf of a name that is said to have none",
        COMPLETENESS,
        "if (wanted.some((each) => isSame(each.key, key)))",
    ),
    _never(
        9,
        "where a leaf stands",
        COMPLETENESS,
        "if (!wanted.every((each) => isShared(each.key, key, depth)))",
    ),
    _never(
        9, "where a node stands", COMPLETENESS, "if (!isShared(prefix, key, depth))"
    ),
    _never(
        9,
        "zeros behind a prefix",
        COMPLETENESS,
        "if (!isSame(keyPrefix(prefix, length), prefix))",
    ),
    _never(
        9,
        "one proof for a map and names",
        COMPLETENESS,
        "if (below.length === wanted.length)",
    ),
    _never(
        9,
        "the bits that names share",
        COMPLETENESS,
        "if (!wanted.every((each) => isShared(each.key, key, shared)))",
    ),
    _in(
        9,
        "longer prefixes on the way down",
        COMPLETENESS,
        "if (length >= depth && length < KEY_BITS) return length;",
        "return length;",
    ),
    _never(9, "a leaf of one or more", COMPLETENESS, "if (count < 1)"),
    _never(
        9,
        "ascending lists",
        COMPLETENESS,
        "if (!Number.isSafeInteger(index) || index <= last)",
    ),
    _never(9, "a name", COMPLETENESS, "if (lists.size === 0)"),
    # 10
    _gone(10, "the directory", VERIFY, "  verifyDirectoryWhole(lists, judged);\n"),
    _in(
        10,
        "a directory statement on a list",
        LISTS,
        "if (statement.event || names.some((name) => lists.has(name))) continue;",
        "continue;",
    ),
    # 11
    _in(
        11,
        "the lot",
        VERIFY,
        "const lot = findLot(subject, { lot: scannedLot, lists: events, directory });",
        "const lot = scannedLot;",
    ),
    _gone(11, "a code that is recorded", VERIFY, "  verifyFound(subject, lists);\n"),
    _in(
        11,
        "a code that is no list",
        VERIFY,
        "if (listed && listed.length > 0 && !subject.endsWith(ALARM_SUFFIX)) return;",
        "if (listed && listed.length > 0) return;",
    ),
    _in(
        11,
        "a code of which there is something",
        VERIFY,
        "if (listed && listed.length > 0 && !subject.endsWith(ALARM_SUFFIX)) return;",
        "if (listed && !subject.endsWith(ALARM_SUFFIX)) return;",
    ),
    _gone(
        11,
        "packed by its creator",
        CLOSURE,
        "    if (!creators.has(issuer)) continue;\n",
    ),
    _in(
        11,
        "a lot of its trade item",
        CLOSURE,
        'if (item === serial.item && key === "10") lots.add(name);',
        'if (key === "10") lots.add(name);',
    ),
    _in(
        11,
        "exactly one lot",
        CLOSURE,
        "if (found === undefined || others.length > 0)",
        "if (found === undefined)",
    ),
    _in(
        11,
        "at least one lot",
        CLOSURE,
        "  if (found === undefined || others.length > 0) {",
        "  if (found === undefined) return null;\n  if (others.length > 0) {",
    ),
    _never(11, "the lot scanned", CLOSURE, "if (lot !== null && lot !== found)"),
    _in(
        11,
        "no packing in error",
        CLOSURE,
        'for (const { event, parties: [issuer = ""] } of settleErrors(events))',
        'for (const { event, parties: [issuer = ""] } of events)',
    ),
    _in(
        11,
        "the list of the code",
        CLOSURE,
        "  const events = required(lists, subject);\n  const serial",
        "  const events = lists.whole(subject) || [];\n  const serial",
    ),
    # 12
    _in(
        12,
        "a list that is needed",
        CLOSURE,
        '  if (events === null) throw new Refusal("incomplete", '
        "`list of ${name}: not given`);\n  return events;\n",
        "  return events || [];\n",
    ),
    _in(
        12,
        "the lot's list",
        CLOSURE,
        'if (lot !== null) found.takeWhole(lot, "lot");',
        'if (lot !== null && lists.whole(lot)) found.takeWhole(lot, "lot");',
    ),
    _gone(
        12,
        "the trade item",
        CLOSURE,
        '  if (key === "10" || key === "21") found.takeWhole(item, "trade-item");\n',
    ),
    _gone(12, "the parents", CLOSURE, "  found.followParents(subject);\n"),
    _in(
        12,
        "parents of parents",
        CLOSURE,
        '        this.takeWhole(name, "parent");\n      }\n',
        '        this.takeWhole(name, "parent");\n      }\n      children = [];\n',
    ),
    _gone(
        12,
        "the sources",
        CLOSURE,
        "  found.followSources(lot === null ? [subject] : [subject, lot]);\n",
    ),
    _in(
        12,
        "sources of the lot",
        CLOSURE,
        "lot === null ? [subject] : [subject, lot]",
        "[subject]",
    ),
    _in(
        12,
        "sources of sources",
        CLOSURE,
        "      made = made.filter((name) => this.standing.has(name));\n",
        "      made = [];\n",
    ),
    _in(
        12,
        "a source's list or its alarms",
        CLOSURE,
        "    const alarms = this.lists.alarms(subject);\n"
        "    if (this.lists.whole(subject) !== null || alarms === null) {\n",
        "    const alarms = this.lists.alarms(subject) || [];\n"
        "    if (this.lists.whole(subject) !== null) {\n",
    ),
    _in(
        12,
        "the transformation's list",
        CLOSURE,
        "told.add(this.inputsOfParts(transformation, standing));",
        "continue;",
    ),
    _in(
        12,
        "who links",
        CLOSURE,
        "    return this.settled(this.eventsOf(name))"
        ".filter((logged) => covers(standing, logged));\n",
        "    return this.settled(this.eventsOf(name)).filter(() => standing);\n",
    ),
    _in(
        12,
        "who tells a part of a transformation",
        CLOSURE,
        "sharedId(part.event) === transformation && covers(standing, part)",
        "sharedId(part.event) === transformation",
    ),
    _in(
        12,
        "no link in error",
        CLOSURE,
        "    const kept = settleErrors(events);\n    const counted",
        "    const kept = [...events];\n    const counted",
    ),
    _in(
        12,
        "that a class has things below it",
        CLOSURE,
        "return isParent || namesClass(name) ?",
        "return isParent ?",
    ),
    _in(
        12,
        "that a parent has things below it",
        CLOSURE,
        "return isParent || namesClass(name) ?",
        "return namesClass(name) ?",
    ),
    _in(
        12,
        "that something was made of it",
        CLOSURE,
        'const found = isUsed ? ["uses"] : [];',
        "const found = [];",
    ),
    _in(
        12,
        "who may say what is below",
        CLOSURE,
        "const told = this.linking(name).map(({ event }) => event);",
        "const told = this.settled(this.eventsOf(name)).map(({ event }) => event);",
    ),
    # 13
    _gone(
        13,
        "the ledger keys",
        VERIFY,
        "  await checkLedgerKeys(signed, directory.ledgerKeys);\n",
    ),
    _in(
        13,
        "a line of each key",
        TRUST,
        '    if (!line) throw new Refusal("unknown-key", '
        "`checkpoint: not signed by ${label(vkey)}`);\n",
        "    if (!line) continue;\n",
    ),
    _never(13, "one line of each key", TRUST, "if (more.length > 0)"),
    _gone(
        13,
        "that it holds",
        TRUST,
        "    await verifyNoteSignature(vkey, note.text, line);\n",
    ),
    # 14
    _gone(14, "the order of seals", VERIFY, "  verifySealOrder(seals);\n"),
    _never(
        14,
        "the seal before",
        CLOSING,
        "if (seal.previous === null || seal.previous < before.index)",
    ),
    _never(
        14,
        "times that never run backwards",
        CLOSING,
        "if (parseTime(seal.time) < parseTime(before.time))",
    ),
    _in(
        14,
        "the closing seal of what is shown",
        CLOSING,
        "needed.has(index) || signers.some(",
        "signers.some(",
    ),
    _in(
        14,
        "the closing seal of a key that ends",
        CLOSING,
        "if (needed.has(index) || "
        "signers.some((signer) => directory.untilMs(signer) !== null))",
        "if (needed.has(index))",
    ),
    _gone(
        14,
        "expired keys",
        CLOSING,
        "      verifyNotExpired(index, () => "
        "directory.checkNotExpired(signers, parseTime(seal.time)));\n",
    ),
    _never(14, "a seal before that is one", CLOSING, "if (next.previous === index)"),
    # 15
    _gone(15, "event ids", VERIFY, "  verifyEventIds(judged, { lists });\n"),
    _in(
        15,
        "a declaration",
        EVENT_IDS,
        "if (!event.isErrorDeclaration || count > 1)",
        "if (count > 1)",
    ),
    _in(
        15,
        "a declaration once",
        EVENT_IDS,
        "if (!event.isErrorDeclaration || count > 1)",
        "if (!event.isErrorDeclaration)",
    ),
    _never(15, "a declaration of the same", EVENT_IDS, "if (first !== second)"),
    _never(
        15,
        "a declaration's original",
        EVENT_IDS,
        "if (event.isErrorDeclaration && event.subjects.some((name) "
        "=> lists.has(name)))",
    ),
    # 16
    _in(
        16,
        "who may raise and lift",
        STANDING,
        "if (BY_ANYBODY.has(word)) return true;",
        "return true;",
    ),
    _in(
        16,
        "that a creator may",
        STANDING,
        "return standing.creators.has(issuerOf(logged)) || isByAuthority(",
        "return isByAuthority(",
    ),
    _in(
        16,
        "that an authority may",
        STANDING,
        "return admitted !== null && admitted.kind === AUTHORITY;",
        "return false;",
    ),
    _never(16, "a recall by creators only", STANDING, "if (BY_CREATORS.has(word))"),
    _never(16, "a failed test by anybody", STANDING, "if (BY_ANYBODY.has(word))"),
    _in(
        16,
        "an alarm after it was lifted",
        STANDING,
        "if (!isOfficial && index < (liftedByOthers.get(word) || 0)) continue;",
        "if (!isOfficial && liftedByOthers.has(word)) continue;",
    ),
    _gone(
        16,
        "a lift",
        STANDING,
        "      if (!isOfficial && index < (liftedByOthers.get(word) || 0)) continue;\n",
    ),
    _gone(
        16,
        "a lift by who raised it",
        STANDING,
        "      takenBack.set(`${word} ${issuerOf(logged)}`, index);\n",
    ),
    _gone(
        16,
        "a lift by an authority",
        STANDING,
        "      if (index < (liftedByAuthority.get(word) || 0)) continue;\n",
    ),
    _in(
        16,
        "who may lift at all",
        STANDING,
        "      if (!isEntitled(word, logged, standing, directory)) continue;\n"
        "      takenBack.set",
        "      takenBack.set",
    ),
    _in(
        16,
        "that an authority's word is not for others to lift",
        STANDING,
        "if (!isOfficial && index",
        "if (index",
    ),
    _in(
        16,
        "that a failed test is not for others to lift",
        STANDING,
        "else if (!BY_ANYBODY.has(word)) liftedByOthers",
        "else liftedByOthers",
    ),
    _gone(
        16,
        "what is not judged and cannot count",
        STANDING,
        "      .filter((word) => isEntitled(word, logged, widest, directory))\n",
    ),
    _in(
        16,
        "no alarm in error",
        STANDING,
        "  const kept = settleErrors(events);\n",
        "  const kept = [...events];\n",
    ),
    _in(
        16,
        "an alarm that nobody can judge",
        CLOSURE,
        "    if (!standing) return unjudgedAlarmsOf(name, events, this.directory);\n",
        "    if (!standing) return [];\n",
    ),
    _in(
        16,
        "whose own a subject is",
        STANDING,
        "return admitted !== null && "
        "admitted.prefixes.some((prefix) => within(subject, prefix));",
        "return admitted !== null;",
    ),
    _in(
        16,
        "when it was its own",
        STANDING,
        "logged.index);\n  return admitted !== null && admitted.prefixes",
        "2 ** 40);\n  return admitted !== null && admitted.prefixes",
    ),
    _in(
        16,
        "when it was an authority",
        STANDING,
        "logged.index);\n  return admitted !== null && admitted.kind",
        "2 ** 40);\n  return admitted !== null && admitted.kind",
    ),
    _in(
        16,
        "whom standing comes to",
        STANDING,
        "for (const name of [...signers, ...destinationsOf(event)]) parties.add(name);",
        "for (const name of event && signers) parties.add(name);",
    ),
    _in(
        16,
        "standing at all",
        STANDING,
        "return parties.some((party) => standing.parties.has(party));",
        "return parties.length > 0;",
    ),
    _in(
        16,
        "what is told apart",
        VERIFY,
        "const apart = logged !== null && "
        "isApart(closure, logged, { about, directory });",
        "const apart = false;",
    ),
    _never(16, "who releases", CLOSURE, "if (isRelease(event))"),
    _in(
        16,
        "flags of a statement",
        VERIFY,
        "const flags = event ? flagsOfEvent(index, event, known) : [];",
        "const flags = known ? [] : [];",
    ),
    _gone(
        16,
        "flags between statements",
        VERIFY,
        "  for (const { index, flags } of described) "
        "flags.push(...(between.get(index) || []));\n",
    ),
    _in(
        16,
        "flags of those with a say only",
        VERIFY,
        "if (!event || apart) continue;",
        "if (!event) continue;",
    ),
    # 17
    _in(
        17,
        "the witnesses",
        VERIFY,
        "  checkFresh(policy, witnessing, {",
        "  (() => {})(checkFresh, {",
    ),
    _never(17, "the quorum", TRUST, "if (time === null)"),
    _in(17, "that a time is said", TRUST, "([, time]) => time > 0)", "() => true)"),
    _in(
        17,
        "that who has seen it has since then",
        TRUST,
        "const seenBy = between(since);",
        "const seenBy = between(0);",
    ),
    _in(
        17,
        "that it was recomputed of late",
        TRUST,
        "recent.filter(isReplaying)",
        "between(0).filter(isReplaying)",
    ),
    _in(
        17,
        "who recomputes what it cosigns",
        TRUST,
        'return vkey.name.endsWith("/replay");',
        "return true;",
    ),
    _in(
        17,
        "that nobody has recomputed it yet",
        TRUST,
        "(first, last = until) =>",
        "(first, last = Infinity) =>",
    ),
    _in(
        17,
        "whether anybody has recomputed it",
        VERIFY,
        "if (witnessing.replayedBy.length > 0) verdict.absent = [];",
        "verdict.absent = [];",
    ),
    _in(
        17,
        "who runs on the ledger's machine",
        TRUST,
        "(hosts.includes(host) || LOOPBACK.test(host))",
        "LOOPBACK.test(host)",
    ),
    _in(
        17,
        "who runs on this machine",
        TRUST,
        "(hosts.includes(host) || LOOPBACK.test(host))",
        "hosts.includes(host)",
    ),
    _in(
        17,
        "that a witness's clock agrees with the reader's",
        TRUST,
        "recent.length === 0 && (isToCome || isOld)",
        "isToCome || isOld",
    ),
    _in(
        17,
        "that a clock explains too few",
        TRUST,
        "seconds === null && policy.quorum !== null && isQuorum(policy, times.keys())",
        "seconds === null",
    ),
    _in(
        17,
        "that a clock explains how old it is",
        TRUST,
        "seconds !== null && nowMs - seconds * 1000 > DOUBTFUL_MS",
        "seconds !== null",
    ),
    _never(17, "how old it is", TRUST, "if (nowMs - timeMs > maxAgeSeconds * 1000)"),
    _never(
        17,
        "what they have not seen",
        TRUST,
        "if (parseTime(sealTime) > timeMs + FUTURE_MS)",
    ),
    _in(
        17,
        "times to come",
        POLICY,
        "filter(([, time]) => time <= until)",
        "filter(() => until)",
    ),
    _in(
        17,
        "that a cosignature holds",
        POLICY,
        "times.set(name, await verifyCosignature(vkey, note.text, line));",
        "times.set(name, Number(new DataView("
        "Uint8Array.from(line.signature).buffer).getBigUint64(0)));",
    ),
    _never(17, "one line of a witness", POLICY, "if (more.length > 0)"),
    # 18
    _never(18, "the label", VERIFY, "if (label !== null)"),
    _in(18, "all of its text", FRAGMENT, "{32})$/", "{32})/"),
    _never(18, "a tree that there is", VERIFY, "if (size > checkpoint.size)"),
    _in(
        18,
        "the size of the label",
        VERIFY,
        "if (label === null || label.size !== size)",
        "if (label === null)",
    ),
    _in(18, "consistency", VERIFY, "  await verifyConsistency({", "  void ({"),
    _in(18, "what is printed", VERIFY, "if (printed === had) return;", "return;"),
    # 19
    _never(19, "the code", SCAN, "if (!first || first.text !== subject)"),
    _gone(
        19,
        "the parts of the code",
        SCAN,
        '  verifyFacts("code", ofCode(parts), '
        "partsOf(first, messages, lot), messages);\n",
    ),
    _never(19, "facts outside everything", SCAN, "if (fact !== undefined)"),
    _never(
        19,
        "a page that is older than the ledger",
        SHOWN,
        "if (!shown.has(index) && index >= page.size)",
    ),
    _in(
        19,
        "every article",
        SHOWN,
        'if (!found) throw new Difference("article-missing", article.index);',
        "if (!found) continue;",
    ),
    _never(19, "what is apart", SHOWN, "if (found.isApart !== article.isApart)"),
    _gone(
        19,
        "the facts of articles",
        SHOWN,
        "    verifyFacts(article.index, found.facts, article.facts, messages);\n",
    ),
    _gone(
        19,
        "places",
        SHOWN,
        "  verifyPlaces(page.articles, content.articles);\n",
    ),
    _never(19, "articles that nobody signed", SHOWN, "if (!known.has(index))"),
    _never(19, "articles once", SHOWN, "if (shown.length !== verified.length)"),
    _never(19, "the order of articles", SHOWN, "if (shown[place]?.index !== index)"),
    _gone(
        19,
        "blocks",
        SHOWN,
        '    verifyFacts("page", page.blocks[name], '
        "content.blocks[name].flat(), messages);\n",
    ),
    *(
        _in(
            19,
            f"the block of {name}",
            SHOWN,
            f'"{name}", ',
            "",
        )
        for name in ("simulated", "alarms", "product", "members")
    ),
    _gone(
        19,
        "what sums up the way",
        SHOWN,
        '  verifyFacts("page", shown.facts, facts, messages);\n',
    ),
    _gone(19, "its drawings", SHOWN, "  verifyDrawings(shown.drawings, whole);\n"),
    _gone(19, "its words", SHOWN, "  verifyWords(shown.words, messages);\n"),
    _gone(
        19,
        "drawings",
        SHOWN,
        "  verifyDrawings(page.drawings, content.sums);\n",
    ),
    _gone(
        19,
        "the title and what is folded",
        SHOWN,
        '  verifyFacts("page", shown, content.parts, messages);\n',
    ),
    _gone(19, "words", SHOWN, "  verifyWords(page.words, messages);\n"),
    _in(
        19,
        "words of the script",
        SHOWN,
        ".filter(([key]) => WORDS.test(key))",
        "",
    ),
    _never(
        19,
        "what is said not to be checked",
        SHOWN,
        "if (!UNCHECKED.some((key) => say(messages, key) === collapse(title)))",
    ),
    _in(
        19,
        "facts left out",
        SHOWN,
        "if (got === undefined) throw new Difference("
        '"fact-missing", place, { fact, signed });',
        "if (got === undefined) continue;",
    ),
    _never(19, "texts of facts", SHOWN, "if (collapse(got.text) !== signed)"),
    _never(19, "where facts lead", SHOWN, "if (got.href !== href)"),
    _never(
        19,
        "words before facts",
        SHOWN,
        "if (got.label !== undefined && collapse(got.label) !== collapse(label))",
    ),
    _never(19, "facts that nobody signed", SHOWN, "if (isDouble || !known.has(name))"),
    _in(
        19,
        "facts once",
        SHOWN,
        "if (isDouble || !known.has(name))",
        "if (!known.has(name))",
    ),
)
