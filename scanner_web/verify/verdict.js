/**
 * The verdict: what the reader is told, one of three outcomes.
 *
 * It begins as "cannot check" and can only become "verified" by every step of verify.js.
 */

import { Refusal } from "./errors.js";

/** @typedef {import("./flags.js").Flag} Flag */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */
/** @typedef {import("./trust.js").PolicySource} PolicySource */

/** @typedef {"verified" | "not-verified" | "cannot-check"} Outcome */

/**
 * A statement about the subject for which every step held, with its log time.
 *
 * @typedef {JudgedStatement & {logTime: string, flags: Flag[]}} VerifiedStatement
 */

/**
 * What the reader is told. Only a verdict with outcome "verified" has statements.
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
 * @property {string | null} sealTime of the last seal
 * @property {string | null} witnessedAt time that the witnesses vouch for
 * @property {string[]} absent what was not checked
 * @property {VerifiedStatement[]} statements
 */

/** Codes that say nothing against the ledger. */
const CANNOT_CHECK = new Set(["cannot-check", "stale", "quorum", "unknown-version", "not-found"]);

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
    sealTime: null,
    witnessedAt: null,
    absent: ["completeness", "closure", "standing"],
    statements: [],
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
  const told = { ...verdict, statements: [] };
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
