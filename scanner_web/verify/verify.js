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
 *  8. Each event statement is about the subject, and there is a statement about it.
 *  9. The checkpoint is signed by every ledger key in force at index size − 1.
 * 10. Each statement about the subject has its closing seal: given seals follow one
 *     another, their times never run backwards, and no signer's key had ended by then.
 * 11. A pair of issuer's party and eventID occurs once, or once and then in error.
 * 12. Flags are recomputed from the statements.
 * 13. The witnesses' cosignatures meet the policy's quorum and are recent enough, or
 *     the policy asks for none and the verdict says so.
 *
 * (Step 14 is the page's: what it shows is what was verified; see scan.js.)
 *
 * Uniqueness over all entries, the hash chain and the index root need the whole ledger:
 * they are for who replays it, and the verdict does not speak of them. It never says
 * "complete" while the passport carries no lists; what is absent is named.
 */

import { openCheckpoint } from "./checkpoint.js";
import { canonical, toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { bodyWithoutDeclaration } from "./event.js";
import { flagsOfEvent, flagsOfSubject } from "./flags.js";
import { leafHash, rootFromMultiProof } from "./merkle.js";
import { parsePassport } from "./passport.js";
import { parsePolicy } from "./policy.js";
import { Replay, sealAt } from "./replay.js";
import { parseTime } from "./seal.js";
import { checkLedgerKeys, checkWitnesses, logKeysOf } from "./trust.js";
import { refuse, unjudged } from "./verdict.js";

/** @typedef {import("./action.js").Action} Action */
/** @typedef {import("./checkpoint.js").SignedCheckpoint} SignedCheckpoint */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./passport.js").GivenEntry} GivenEntry */
/** @typedef {import("./passport.js").Passport} Passport */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */
/** @typedef {import("./seal.js").Seal} Seal */
/** @typedef {import("./statement.js").SignerRef} SignerRef */
/** @typedef {import("./trust.js").PolicySource} PolicySource */
/** @typedef {import("./verdict.js").Verdict} Verdict */
/** @typedef {import("./verdict.js").VerifiedStatement} VerifiedStatement */

/**
 * What is asked, and what the asker trusts.
 *
 * @typedef {object} Question
 * @property {string} subject the code that was scanned, never taken from the passport
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
  const { size } = signed.checkpoint;
  verdict.size = size;

  // 4. Every entry under its root.
  verdict.step = 4;
  await verifyEntries(passport, signed);

  // 5. The last of them, a seal.
  verdict.step = 5;
  const last = /** @type {GivenEntry} */ (passport.entries.at(-1));
  verdict.sealTime = sealAt(last, origin).time;

  // 6 and 7. Statements in order, each under the directory as it was then.
  verdict.step = 6;
  const replay = await replayed(passport.entries, origin, question.onProgress);
  verdict.step = 7;

  // 8. About what was asked.
  verdict.step = 8;
  const about = statementsAbout(question.subject, replay);

  // 9. The checkpoint, by all ledger keys.
  verdict.step = 9;
  await checkLedgerKeys(signed, replay.directory.ledgerKeys);

  // 10. Log times.
  verdict.step = 10;
  verifySealOrder(replay.seals);
  const logTimes = closingTimes(replay, about);

  // 11. Event identifiers.
  verdict.step = 11;
  verifyEventIds(replay.judged);

  // 12. Flags.
  verdict.step = 12;
  verdict.statements = describe(about, logTimes, replay);

  // 13. Witnesses.
  verdict.step = 13;
  verdict.witnessedAt = await checkWitnesses(policy, signed, {
    sealTime: verdict.sealTime,
    nowMs: question.nowMs,
    maxAgeSeconds: replay.directory.maxAgeSeconds,
  });
  if (verdict.witnessedAt === null) verdict.absent.push("witnesses");
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
 * Return the statements about a subject; throws `not-verified` for an event statement
 * about something else, `not-found` if there is none at all.
 *
 * @param {string} subject
 * @param {Replay} replay
 * @returns {JudgedStatement[]}
 */
function statementsAbout(subject, { judged, directory }) {
  const about = judged.filter(({ index, event, action }) => {
    const subjects = event ? event.subjects : directory.subjects(/** @type {Action} */ (action));
    const isAbout = subjects.includes(subject);
    if (event && !isAbout) throw at(index, new Refusal("not-verified", `subject: not ${subject}`));
    return isAbout;
  });
  if (about.length === 0) throw new Refusal("not-found", `subject: no statement about ${subject}`);
  return about;
}

/**
 * Check that the seals given, which ascend, could stand in one ledger; throws
 * `seal-mismatch`.
 *
 * @param {readonly Seal[]} seals
 */
function verifySealOrder(seals) {
  for (const [place, seal] of seals.entries()) {
    const before = seals[place - 1];
    if (!before) continue;
    if (seal.previous === null || seal.previous < before.index) {
      const message = `previous seal: got ${seal.previous}, want ${before.index} or later`;
      throw at(seal.index, new Refusal("seal-mismatch", message));
    }
    if (parseTime(seal.time) < parseTime(before.time)) {
      const message = `seal time: got ${seal.time}, want ${before.time} or later`;
      throw at(seal.index, new Refusal("seal-mismatch", message));
    }
  }
}

/**
 * Return the log time of every statement whose closing seal is given.
 *
 * Throws `seal-mismatch` when the closing seal of a statement about the subject, or of
 * one by a key with an `until`, is not given, or when that key had ended by then.
 *
 * @param {Replay} replay
 * @param {readonly JudgedStatement[]} about
 * @returns {Map<number, string>}
 */
function closingTimes({ judged, seals, directory }, about) {
  const needed = new Set(about.map(({ index }) => index));
  /** @type {Map<number, string>} */
  const times = new Map();
  for (const { index, statement } of judged) {
    const { signers } = statement;
    const seal = closingSeal(index, seals);
    if (seal) {
      located(index, () => directory.checkNotExpired(signers, parseTime(seal.time)));
      times.set(index, seal.time);
    } else if (needed.has(index) || signers.some((signer) => directory.untilMs(signer) !== null)) {
      throw at(index, new Refusal("seal-mismatch", "closing seal: not given"));
    }
  }
  return times;
}

/**
 * @param {number} index
 * @param {readonly Seal[]} seals ascending
 * @returns {Seal | null} the seal that closes the entry, if it is given
 */
function closingSeal(index, seals) {
  const next = seals.find((seal) => seal.index > index);
  if (!next || (next.previous !== null && next.previous > index)) return null;
  if (next.previous === index) {
    throw at(next.index, new Refusal("seal-mismatch", `previous seal: ${index} is a statement`));
  }
  return next;
}

/**
 * Check that an issuer's party used an `eventID` once, or once and then in error;
 * throws `event-reused`, `incomplete`.
 *
 * @param {readonly JudgedStatement[]} judged
 */
function verifyEventIds(judged) {
  /** @type {Map<string, JudgedStatement[]>} */
  const byPair = new Map();
  for (const statement of judged) {
    if (!statement.event) continue;
    const pair = `${statement.party} ${statement.event.eventId}`;
    const same = byPair.get(pair) || [];
    byPair.set(pair, [...same, statement]);
    verifyReuse(statement.index, statement.event, same);
  }
}

/**
 * @param {number} index
 * @param {Event} event
 * @param {readonly JudgedStatement[]} same statements before it with the same pair
 */
function verifyReuse(index, event, same) {
  const original = same[0] && same[0].event;
  if (!original) {
    // The same body makes the same subjects: who gives the declaration has the original.
    if (!event.isErrorDeclaration) return;
    throw at(index, new Refusal("incomplete", "errorDeclaration: its original is not given"));
  }
  if (!event.isErrorDeclaration || same.length > 1) {
    throw at(index, new Refusal("event-reused", "eventID: used before", "/eventID"));
  }
  const [first, second] = [original, event].map((each) =>
    canonical(bodyWithoutDeclaration(each.body)),
  );
  if (first !== second) {
    throw at(index, new Refusal("event-reused", "errorDeclaration: the body differs"));
  }
}

/**
 * Return what is known of each statement about the subject, flags recomputed.
 *
 * @param {readonly JudgedStatement[]} about
 * @param {ReadonlyMap<number, string>} logTimes
 * @param {Replay} replay
 * @returns {VerifiedStatement[]}
 */
function describe(about, logTimes, { directory }) {
  /** @type {[number, Event][]} */
  const events = [];
  for (const { index, event } of about) if (event) events.push([index, event]);
  const ofSubject = flagsOfSubject(events);
  return about.map((judged) => {
    const { index, statement, event } = judged;
    const logTime = /** @type {string} */ (logTimes.get(index));
    const issuer = /** @type {SignerRef} */ (statement.signers[0]);
    const known = { logTimeMs: parseTime(logTime), isImporter: directory.isImporter(issuer) };
    const flags = event ? flagsOfEvent(index, event, known) : [];
    flags.push(...ofSubject.filter((flag) => flag.index === index));
    return { ...judged, logTime, flags };
  });
}

/**
 * Make what a check refuses name its entry.
 *
 * @param {number} index
 * @param {() => void} check
 */
function located(index, check) {
  try {
    check();
  } catch (error) {
    throw error instanceof Refusal ? at(index, error) : error;
  }
}

/**
 * Return a refusal that names its entry.
 *
 * @param {number} index
 * @param {Refusal} refusal
 * @returns {Refusal}
 */
function at(index, refusal) {
  return Object.assign(refusal, { index });
}
