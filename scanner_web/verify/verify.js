/**
 * The offline verifier of a passport: bytes and trusted keys in, a verdict out.
 *
 * Pure: no network, no clock, no document. ledger/verify.py has the same numbered steps:
 *
 *  1. The passport parses (closed members, entries ascending, each once), and it is
 *     about the subject that was asked for.
 *  2. The policy parses and has a log line for the origin of the checkpoint. What goes
 *     wrong here says nothing about the ledger: the outcome is "cannot check".
 *  3. The checkpoint is signed by the policy's log key; lines of unknown keys are
 *     ignored, a false or doubled line of a known one is refused.
 *  4. Every entry is included under the checkpoint's root, by the one multi-proof, and
 *     the last entry given is the last of the ledger (index = size − 1).
 *  5. That last entry is a seal of this ledger that knows its own index.
 *  6. Entry 0 is the genesis; the directory statements given are replayed in the order
 *     of their indices, each under what those before it established.
 *  7. Each event statement, likewise in order: outer form, signatures by keys that the
 *     directory binds, canonical body, form of the event, rights of the issuer.
 *     Steps 6 and 7 are one walk; the step of a refusal is that of the entry's kind.
 *  8. Each event given is on one of the lists, and each list is exactly the statements
 *     given that belong on it.
 *  9. The lists are those under the index root of the last seal, by one proof; an empty
 *     list is proved absent.
 * 10. The directory is whole: each directory statement given is on one of the lists. So
 *     there is the list of `registrar`, and of each party whose key signs a statement
 *     given, or that such a key acts for.
 * 11. The code: there are statements about it; a serial was packed by its creator in
 *     exactly one lot, the one scanned if one was.
 * 12. Everything that the code leads to has its list: lot, trade item, parents, and the
 *     sources, of which the alarms are enough.
 * 13. The checkpoint is signed by every ledger key in force at index size − 1.
 * 14. Each event about what the code leads to, and each directory statement about the
 *     code, has its closing seal: given seals follow one another, their times never run
 *     backwards, and no signer's key had ended by then.
 * 15. A pair of issuer's party and eventID occurs once, or once and then in error.
 * 16. Alarms and flags are recomputed, and statements of those who have no standing are
 *     told apart.
 * 17. The witnesses' cosignatures meet the policy's quorum and are recent enough, or
 *     the policy asks for none and the verdict says so. Who has seen this and when, and
 *     who has recomputed all of it, is told.
 * 18. The tree extends that of the label, if one was scanned: the root that the ledger
 *     had at the label's size is proved, and begins as printed. A label that is no
 *     label, or of a larger tree, cannot be compared; without one the verdict says so.
 *
 * (Step 19 is the page's: what it shows is what was verified; see scan.js.)
 *
 * Uniqueness over all entries, the hash chain and the index root itself need the whole
 * ledger: they are for who replays it. Unless a replaying witness of the policy did, the
 * lists are complete according to the ledger and to nobody else, and what is absent is
 * named.
 */

import { actionSubjects } from "./action.js";
import { openCheckpoint } from "./checkpoint.js";
import { closingTimes, verifySealOrder } from "./closing.js";
import { aboutOf, findLot, hasStanding, isApart, walk } from "./closure.js";
import { verifyLists } from "./completeness.js";
import { toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { verifyEventIds } from "./eventids.js";
import { flagsOfEvent, flagsOfSubject } from "./flags.js";
import { parseFragment, shownRoot } from "./fragment.js";
import { ALARM_SUFFIX, eventsOn, verifyDirectoryWhole, verifyGiven } from "./lists.js";
import { leafHash, rootFromMultiProof, verifyConsistency } from "./merkle.js";
import { parsePassport } from "./passport.js";
import { parsePolicy } from "./policy.js";
import { Replay, sealAt } from "./replay.js";
import { parseTime } from "./seal.js";
import { checkFresh, checkLedgerKeys, logKeysOf, readWitnesses } from "./trust.js";
import { refuse, unjudged } from "./verdict.js";

/** @typedef {import("./action.js").Action} Action */
/** @typedef {import("./checkpoint.js").SignedCheckpoint} SignedCheckpoint */
/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./closure.js").Closure} Closure */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./flags.js").Flag} Flag */
/** @typedef {import("./lists.js").Lists} Lists */
/** @typedef {import("./passport.js").GivenEntry} GivenEntry */
/** @typedef {import("./passport.js").Passport} Passport */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */
/** @typedef {import("./statement.js").SignerRef} SignerRef */
/** @typedef {import("./trust.js").PolicySource} PolicySource */
/** @typedef {import("./verdict.js").ComparedLabel} ComparedLabel */
/** @typedef {import("./verdict.js").Verdict} Verdict */
/** @typedef {import("./verdict.js").VerifiedStatement} VerifiedStatement */

/** @typedef {JudgedStatement & {about: string[]}} Shown with the members it is about */

/**
 * What is asked, and what the asker trusts.
 *
 * @typedef {object} Question
 * @property {string} subject the code that was scanned, never taken from the passport
 * @property {string | null} [lot] that was scanned with it
 * @property {string | null} [label] what the scanned code ends in, from `#` on, if it is
 *   a label's
 * @property {Uint8Array} policy whose keys are trusted
 * @property {PolicySource} policySource who says so
 * @property {number} nowMs the reader's clock
 * @property {(done: number, total: number) => void | Promise<void>} [onProgress]
 */

/**
 * Return the verdict on a passport; never throws.
 *
 * @param {Uint8Array} bytes the passport
 * @param {Question} question
 * @returns {Promise<Verdict>}
 */
export async function verifyPassport(bytes, question) {
  const verdict = unjudged(question.policySource);
  try {
    await takeSteps(bytes, question, verdict);
    verdict.outcome = "verified";
    return verdict;
  } catch (error) {
    return refuse(verdict, error);
  }
}

/**
 * Take the steps one after the other, noting in the verdict what each established.
 *
 * @param {Uint8Array} bytes
 * @param {Question} question
 * @param {Verdict} verdict
 */
async function takeSteps(bytes, question, verdict) {
  // 1. The passport, about what was asked.
  verdict.step = 1;
  const passport = parsePassport(bytes);
  if (passport.subject !== question.subject) {
    const message = `subject: got ${passport.subject}, want ${question.subject}`;
    throw new Refusal("passport", message, "/subject");
  }

  // 2. The policy and its key for this ledger.
  verdict.step = 2;
  const policy = await parsePolicy(question.policy);
  verdict.policyFingerprint = policy.fingerprint;
  const { origin, logKeys } = logKeysOf(passport.checkpoint, policy);
  verdict.origin = origin;

  // 3. The checkpoint, by that key.
  verdict.step = 3;
  const signed = await openCheckpoint(passport.checkpoint, { origin, logKeys });
  verdict.size = signed.checkpoint.size;
  verdict.root = toHex(signed.checkpoint.root);

  // 4. Every entry under its root.
  verdict.step = 4;
  await verifyEntries(passport, signed);

  // 5. The last of them, a seal.
  verdict.step = 5;
  const last = /** @type {GivenEntry} */ (passport.entries.at(-1));
  const lastSeal = sealAt(last, origin);
  verdict.sealTime = lastSeal.time;

  // 6 and 7. Statements in order, each under the directory as it was then.
  verdict.step = 6;
  const replay = await replayed(passport.entries, origin, question.onProgress);
  const { judged, seals, directory } = replay;
  verdict.step = 7;

  // 8. The lists, of what is given.
  verdict.step = 8;
  const lists = passport.lists.byName;
  verifyGiven(lists, judged);

  // 9. And of what is not.
  verdict.step = 9;
  await verifyLists(lastSeal.indexRoot, { origin, lists, proof: passport.lists.proof });

  // 10. The whole directory.
  verdict.step = 10;
  verifyDirectoryWhole(lists, judged);

  // 11. The code, and the lot of a serial.
  verdict.step = 11;
  const { subject } = question;
  const events = eventsOn(lists, judged);
  const scannedLot = question.lot === undefined ? null : question.lot;
  const lot = findLot(subject, { lot: scannedLot, lists: events, directory });
  verifyFound(subject, lists);

  // 12. All that it leads to.
  verdict.step = 12;
  const closure = walk(subject, { lot, lists: events, directory });

  // 13. The checkpoint, by all ledger keys.
  verdict.step = 13;
  await checkLedgerKeys(signed, directory.ledgerKeys);

  // 14. Log times.
  verdict.step = 14;
  verifySealOrder(seals);
  const shown = shownOf(subject, judged, closure);
  const needed = new Set(shown.map(({ index }) => index));
  const logTimes = closingTimes(judged, { seals, needed, directory });

  // 15. Event identifiers.
  verdict.step = 15;
  verifyEventIds(judged, { lists });

  // 16. Alarms, flags, and whose word counts.
  verdict.step = 16;
  const statements = describe(shown, { logTimes, closure, directory });

  // 17. Witnesses.
  verdict.step = 17;
  const limits = { nowMs: question.nowMs, maxAgeSeconds: directory.maxAgeSeconds };
  const witnessing = await readWitnesses(policy, signed, limits);
  Object.assign(verdict, { witnessing, witnessedAt: witnessing.time });
  checkFresh(policy, witnessing, { sealTime: verdict.sealTime, ...limits });

  // 18. The label.
  verdict.step = 18;
  const { label = null } = question;
  if (label !== null) {
    verdict.label = await compareLabel(label, passport, signed, verdict);
    verifyLabel(verdict.label);
  }

  const { members, alarms, cycle } = closure;
  Object.assign(verdict, { lot, members, alarms, cycle, directory, statements });
  if (witnessing.replayedBy.length > 0) verdict.absent = [];
  if (members.some(({ isOpen }) => isOpen)) verdict.absent.push("sources");
  verdict.absent.push(...closure.below);
  // Every word about it is a stranger's: nobody has said what it is.
  if (!hasStanding(closure, subject)) verdict.absent.push("standing");
  if (verdict.witnessedAt === null) verdict.absent.push("witnesses");
  if (verdict.label === null) verdict.absent.push("label");
}

/**
 * Check that every entry is under the checkpoint's root and that the last is the last of
 * the ledger; throws `proof-shape`, `root-mismatch`, `not-verified`.
 *
 * @param {Passport} passport
 * @param {SignedCheckpoint} signed
 */
async function verifyEntries({ entries, nodes }, { checkpoint }) {
  const last = /** @type {GivenEntry} */ (entries.at(-1));
  if (last.index !== checkpoint.size - 1) {
    const want = checkpoint.size - 1;
    throw new Refusal("not-verified", `last entry: got index ${last.index}, want ${want}`);
  }
  /** @type {Map<number, Uint8Array>} */
  const leaves = new Map();
  for (const { index, entry } of entries) leaves.set(index, await leafHash(entry));
  const root = await rootFromMultiProof(leaves, { treeSize: checkpoint.size, proof: nodes });
  if (toHex(root) !== toHex(checkpoint.root)) {
    const message = `root: got ${toHex(root)}, want ${toHex(checkpoint.root)}`;
    throw await withIndex(new Refusal("root-mismatch", message), entries, checkpoint.origin);
  }
}

/**
 * Return a refusal of all the entries with the first that is false by itself named.
 *
 * The root says that something was changed, but not what: a changed statement mostly
 * fails its own signature too.
 *
 * @param {Refusal} refusal
 * @param {readonly GivenEntry[]} entries
 * @param {string} origin
 * @returns {Promise<Refusal>}
 */
async function withIndex(refusal, entries, origin) {
  try {
    await replayed(entries, origin);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const named = new Refusal(refusal.code, `${refusal.message}; ${error.code}: ${error.message}`);
    named.index = error.index;
    return named;
  }
  return refusal;
}

/**
 * Return what the entries determine, judged one after the other.
 *
 * @param {readonly GivenEntry[]} entries
 * @param {string} origin
 * @param {Question["onProgress"]} [onProgress]
 * @returns {Promise<Replay>}
 */
async function replayed(entries, origin, onProgress = () => {}) {
  const first = /** @type {GivenEntry} */ (entries[0]);
  if (first.index !== 0) throw new Refusal("incomplete", "entry 0: not given");
  const replay = new Replay(origin);
  for (const [done, given] of entries.entries()) {
    await onProgress(done, entries.length);
    await replay.take(given);
  }
  await onProgress(entries.length, entries.length);
  return replay;
}

/**
 * Check that something is stated about a code; throws `not-found`.
 *
 * @param {string} subject
 * @param {Lists} lists
 */
function verifyFound(subject, lists) {
  const listed = lists.get(subject);
  // The name of a list of alarms is nothing that could be scanned.
  if (listed && listed.length > 0 && !subject.endsWith(ALARM_SUFFIX)) return;
  throw new Refusal("not-found", `subject: no statement about ${subject}`);
}

/**
 * Return the statements that are shown, each with the members that it is about: events
 * about any of them, and directory statements about the subject.
 *
 * @param {string} subject
 * @param {readonly JudgedStatement[]} judged
 * @param {Closure} closure
 * @returns {Shown[]}
 */
function shownOf(subject, judged, closure) {
  return judged.flatMap((statement) => {
    const { event, action } = statement;
    const about = event
      ? aboutOf(closure, event)
      : actionSubjects(/** @type {Action} */ (action)).filter((name) => name === subject);
    return about.length > 0 ? { ...statement, about } : [];
  });
}

/**
 * Return what is known of each statement that is shown, flags recomputed.
 *
 * @param {readonly Shown[]} shown
 * @param {{logTimes: ReadonlyMap<number, string>, closure: Closure, directory: Bindings}} known
 * @returns {VerifiedStatement[]}
 */
function describe(shown, { logTimes, closure, directory }) {
  const described = shown.map((judged) => {
    const { index, statement, event, parties, about } = judged;
    const logTime = /** @type {string} */ (logTimes.get(index));
    const issuer = /** @type {SignerRef} */ (statement.signers[0]);
    const known = { logTimeMs: parseTime(logTime), isImporter: directory.isImporter(issuer) };
    const flags = event ? flagsOfEvent(index, event, known) : [];
    const logged = event && { index, parties, event };
    const apart = logged !== null && isApart(closure, logged, { about, directory });
    return { ...judged, logTime, flags, isApart: apart };
  });
  const between = flagsBetween(described, closure);
  for (const { index, flags } of described) flags.push(...(between.get(index) || []));
  return described;
}

/**
 * Return what is odd between statements about one member, by index; what counts for
 * nothing makes nothing odd.
 *
 * @param {readonly VerifiedStatement[]} described
 * @param {Closure} closure
 * @returns {Map<number, Flag[]>} sorted by code and detail
 */
function flagsBetween(described, { members }) {
  /** @type {Map<string, [number, Event][]>} */
  const events = new Map();
  for (const { subject, isOpen } of members) if (!isOpen) events.set(subject, []);
  for (const { index, event, about, isApart: apart } of described) {
    if (!event || apart) continue;
    for (const name of about) (events.get(name) || []).push([index, event]);
  }
  /** @type {Map<number, Map<string, Flag>>} */
  const found = new Map();
  for (const flag of [...events.values()].flatMap(flagsOfSubject)) {
    const others = found.get(flag.index) || new Map();
    found.set(flag.index, others.set(`${flag.code} ${flag.detail}`, flag));
  }
  return new Map([...found].map(([index, flags]) => [index, sortedByName(flags)]));
}

/**
 * Return what is printed, and the root that the ledger had at that size; throws `label`,
 * `proof-shape`, `root-mismatch`.
 *
 * @param {string} text
 * @param {Passport} passport
 * @param {SignedCheckpoint} signed
 * @param {Verdict} verdict is told why a label cannot be compared
 * @returns {Promise<ComparedLabel>}
 */
async function compareLabel(text, { label }, { checkpoint }, verdict) {
  verdict.labelGap = { kind: "malformed", size: 0, had: checkpoint.size };
  const printed = parseFragment(text);
  const { size } = printed;
  const kind = size > checkpoint.size ? "larger" : "not-given";
  verdict.labelGap = { kind, size, had: checkpoint.size };
  if (size > checkpoint.size) {
    const message = `label: of a tree of ${size} entries, this has ${checkpoint.size}`;
    throw new Refusal("label", message);
  }
  if (label === null || label.size !== size) {
    const given = label === null ? null : label.size;
    throw new Refusal("label", `label: the passport compares ${given}, the label is of ${size}`);
  }
  await verifyConsistency({
    oldSize: size,
    newSize: checkpoint.size,
    oldRoot: label.root,
    newRoot: checkpoint.root,
    proof: label.proof,
  });
  return { size, printed: shownRoot(printed.root), had: shownRoot(label.root) };
}

/**
 * Check that a label was printed from what the ledger had; throws `label-mismatch`.
 *
 * @param {ComparedLabel} label
 */
function verifyLabel({ size, printed, had }) {
  if (printed === had) return;
  const message = `label: printed from ${printed}, of ${size} entries the ledger's tree is ${had}`;
  throw new Refusal("label-mismatch", message);
}

/**
 * @template T
 * @param {Map<string, T>} values
 * @returns {T[]}
 */
function sortedByName(values) {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
