/**
 * Closing seals: when a statement was logged.
 *
 * Twin of `ledger/closing.py`.
 */

import { located, Refusal } from "./errors.js";
import { parseTime } from "./seal.js";

/** @typedef {import("./bindings.js").Bindings} Bindings */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */
/** @typedef {import("./seal.js").Seal} Seal */

/**
 * Check that the seals given, which ascend, could stand in one ledger; throws
 * `seal-mismatch`.
 *
 * @param {readonly Seal[]} seals
 */
export function verifySealOrder(seals) {
  for (const [place, seal] of seals.entries()) {
    const before = seals[place - 1];
    if (!before) continue;
    if (seal.previous === null || seal.previous < before.index) {
      throw mismatch(seal.index, `previous seal: got ${seal.previous}, want ${before.index} or later`);
    }
    if (parseTime(seal.time) < parseTime(before.time)) {
      throw mismatch(seal.index, `seal time: got ${seal.time}, want ${before.time} or later`);
    }
  }
}

/**
 * Return the log time of every statement whose closing seal is given.
 *
 * Throws `seal-mismatch` when the closing seal of a statement that needs one, or of one
 * by a key with an `until`, is not given, or when that key had ended by then.
 *
 * @param {readonly JudgedStatement[]} judged
 * @param {{seals: readonly Seal[], needed: ReadonlySet<number>, directory: Bindings}} known
 *   with the seals ascending
 * @returns {Map<number, string>}
 */
export function closingTimes(judged, { seals, needed, directory }) {
  /** @type {Map<number, string>} */
  const times = new Map();
  for (const { index, statement } of judged) {
    const { signers } = statement;
    const seal = closingSeal(index, seals);
    if (seal) {
      verifyNotExpired(index, () => directory.checkNotExpired(signers, parseTime(seal.time)));
      times.set(index, seal.time);
    } else if (needed.has(index) || signers.some((signer) => directory.untilMs(signer) !== null)) {
      throw mismatch(index, "closing seal: not given");
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
  const next = seals[placeAfter(index, seals)];
  if (!next || (next.previous !== null && next.previous > index)) return null;
  if (next.previous === index) {
    throw mismatch(next.index, `previous seal: ${index} is a statement`);
  }
  return next;
}

/**
 * @param {number} index
 * @param {readonly Seal[]} seals ascending
 * @returns {number} how many of them do not come after the index
 */
function placeAfter(index, seals) {
  let least = 0;
  let most = seals.length;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (/** @type {Seal} */ (seals[middle]).index > index) most = middle;
    else least = middle + 1;
  }
  return least;
}

/**
 * @param {number} index
 * @param {() => void} check
 */
function verifyNotExpired(index, check) {
  try {
    check();
  } catch (error) {
    throw error instanceof Refusal ? located(index, error) : error;
  }
}

/**
 * @param {number} index
 * @param {string} message
 * @returns {Refusal}
 */
function mismatch(index, message) {
  return located(index, new Refusal("seal-mismatch", message));
}
