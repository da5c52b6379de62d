/**
 * The verdict: what the reader is told, one of three outcomes.
 *
 * It begins as "cannot check" and can only become "verified" by every step of verify.js.
 */

import { Refusal } from "./errors.js";

/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./flags.js").Flag} Flag */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */
/** @typedef {import("./trust.js").PolicySource} PolicySource */
/** @typedef {import("./trust.js").Witnessing} Witnessing */

/** @typedef {"verified" | "not-verified" | "cannot-check"} Outcome */

/** @typedef {"subject" | "lot" | "trade-item" | "parent" | "source"} Relation to the code */

/** @typedef {"contents" | "uses"} Below what a code leads down to, where no walk goes */

/**
 * Something that the scanned code leads to, and that therefore bears on it.
 *
 * An open source is one of which only the alarms are given: nothing is known of where it
 * came from, and so the verdict counts it but does not speak for it.
 *
 * @typedef {object} Member
 * @property {string} subject
 * @property {Relation} relation
 * @property {number} level of a source, how many steps before the code, from 1; else 0
 * @property {boolean} isOpen only its `#alarm` list is given, not its whole list
 */

/**
 * An alarm that counts: raised by one entitled to it, and not lifted since. A word is
 * one of the closed list of event.js: `recalled`, `inactive`, `non_conformant`, …
 *
 * @typedef {object} Alarm
 * @property {string} subject the member it is about
 * @property {string} word
 * @property {number} index of the statement that raises it
 * @property {boolean} isJudged whether it is known that who raised it may; false of an
 *   open source, where every raise counts and nothing lifts it
 */

/**
 * A statement for which every step held: an event about members, or a directory
 * statement about the subject.
 *
 * @typedef {object} Described
 * @property {string} logTime of its closing seal
 * @property {Flag[]} flags
 * @property {string[]} about the members it is about, in the order of the members
 * @property {boolean} isApart who made it has no say about any of them: it is shown
 *   apart, and counts for nothing
 */

/** @typedef {JudgedStatement & Described} VerifiedStatement */

/**
 * What stands between a label and the ledger: it is no label, or of a larger tree, or the
 * evidence was not given for it.
 *
 * @typedef {object} LabelGap
 * @property {"malformed" | "larger" | "not-given"} kind
 * @property {number} size of the tree that the label was printed from; 0 if it is none
 * @property {number} had size of the ledger's tree
 */

/**
 * What a label says of the ledger, and what the ledger was proved to have had.
 *
 * @typedef {object} ComparedLabel
 * @property {number} size of the tree that the label was printed from
 * @property {string} printed the beginning of its root
 * @property {string} had the beginning of the root that the ledger had at this size
 */

/**
 * What the reader is told. Only a verdict with outcome "verified" has a lot, members,
 * alarms, a cycle and statements; of any other they are null or empty.
 *
 * An active alarm never changes the outcome: that it is there was verified. Who shows
 * the verdict shows nothing green that has one.
 *
 * @typedef {object} Verdict
 * @property {Outcome} outcome
 * @property {number} step the last step begun
 * @property {string | null} code of the refusal
 * @property {number | null} index of the entry at fault
 * @property {string} detail for the curious
 * @property {PolicySource} policySource
 * @property {string | null} policyFingerprint
 * @property {string | null} origin
 * @property {number | null} size of the ledger
 * @property {string | null} root of its tree at this size, hexadecimal
 * @property {string | null} sealTime of the last seal
 * @property {string | null} witnessedAt T, the time that a quorum of witnesses vouches
 *   for; told of what is refused as out of date, too
 * @property {Witnessing | null} witnessing what the policy's witnesses vouch for
 * @property {ComparedLabel | null} label that was compared; its two roots are the same
 *   unless the code is `label-mismatch`
 * @property {LabelGap | null} labelGap of a label that was scanned: why it cannot be
 *   compared, if the code is `label`
 * @property {string[]} absent what was not checked: `replay` (nobody else has recomputed
 *   the lists: "complete according to the ledger; nobody else has checked"), `sources`
 *   (some are open), `contents` (the things of a class or in a parent, of which a recall
 *   does not show here), `uses` (what was made of it), `standing` (nobody has any about
 *   the subject, so that every word about it is a stranger's), `witnesses`, `label`
 *   (none was scanned)
 * @property {string | null} lot of a serial: the one that it was packed in
 * @property {Member[]} members the subject, its lot, the trade item, the parents, then
 *   the sources by their level; n of at least m sources are checked, where m counts
 *   the members with relation `source` and n those that are not open
 * @property {Alarm[]} alarms active ones, by member, then by index and word
 * @property {string[]} cycle members that came of each other, sorted; empty if, as it
 *   should be, there are none
 * @property {Bindings | null} directory as of the last entry given: what parties and
 *   places were called when
 * @property {VerifiedStatement[]} statements by index
 */

/** Codes that say nothing against the ledger. */
const CANNOT_CHECK = new Set([
  "cannot-check", "stale", "quorum", "label", "unknown-version", "not-found",
]);

/** What only a verdict that is "verified" may have more of. */
const nothingKnown = () => ({
  lot: null,
  members: [],
  alarms: [],
  cycle: [],
  directory: null,
  statements: [],
});

/**
 * Return the verdict before the first step: nothing is known.
 *
 * @param {PolicySource} policySource
 * @returns {Verdict}
 */
export function unjudged(policySource) {
  return {
    outcome: "cannot-check",
    step: 0,
    code: null,
    index: null,
    detail: "",
    policySource,
    policyFingerprint: null,
    origin: null,
    size: null,
    root: null,
    sealTime: null,
    witnessedAt: null,
    witnessing: null,
    label: null,
    labelGap: null,
    absent: ["replay"],
    ...nothingKnown(),
  };
}

/**
 * Return a verdict turned by what was thrown: never green, and nothing of it shown.
 *
 * @param {Verdict} verdict
 * @param {unknown} error
 * @returns {Verdict}
 */
export function refuse(verdict, error) {
  const told = { ...verdict, ...nothingKnown() };
  if (!(error instanceof Refusal)) {
    return { ...told, outcome: "cannot-check", code: "error", detail: String(error) };
  }
  const step = error.step === null ? verdict.step : error.step;
  const cannotCheck = step === 2 || CANNOT_CHECK.has(error.code);
  return {
    ...told,
    outcome: cannotCheck ? "cannot-check" : "not-verified",
    step,
    code: error.code,
    index: error.index,
    detail: error.message,
  };
}
