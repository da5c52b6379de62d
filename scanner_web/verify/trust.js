/**
 * What a reader trusts, and what the keys it trusts vouch for.
 *
 * A policy names log keys and witnesses; where it comes from is named in every verdict.
 * No clock: the time of reading is an argument. Twin of `ledger/trust.py`.
 */

import { decodeUtf8 } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { label, verifyNoteSignature } from "./note.js";
import { logKeys, quorumTime, readCosignatures } from "./policy.js";
import { formatTime, parseTime } from "./seal.js";

/** @typedef {import("./checkpoint.js").SignedCheckpoint} SignedCheckpoint */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./policy.js").Policy} Policy */

/** @typedef {"yours" | "built-in" | "server"} PolicySource who says which keys to trust */

/** How far a witness's clock may be ahead. */
const FUTURE_MS = 5 * 60 * 1000;

/**
 * Return the origin that a checkpoint claims, and the policy's keys for it; throws
 * `unknown-key` if there are none.
 *
 * @param {Uint8Array} checkpoint a signed note, nothing of it judged yet
 * @param {Policy} policy
 * @returns {{origin: string, logKeys: VerifierKey[]}}
 */
export function logKeysOf(checkpoint, policy) {
  const text = refusedAs("checkpoint", () => decodeUtf8(checkpoint));
  const [origin = ""] = text.split("\n");
  const keys = logKeys(policy, origin);
  if (keys.length === 0) throw new Refusal("unknown-key", `policy: no log line for ${origin}`);
  return { origin, logKeys: keys };
}

/**
 * Check that every ledger key in force has signed a checkpoint, once; throws
 * `unknown-key`, `signature`.
 *
 * @param {SignedCheckpoint} signed
 * @param {readonly VerifierKey[]} ledgerKeys
 */
export async function checkLedgerKeys({ note }, ledgerKeys) {
  for (const vkey of ledgerKeys) {
    const [line, ...more] = note.signatures.filter((found) => label(found) === label(vkey));
    if (!line) throw new Refusal("unknown-key", `checkpoint: not signed by ${label(vkey)}`);
    if (more.length > 0) {
      throw new Refusal("signature", `checkpoint: ${label(vkey)} signed twice`);
    }
    await verifyNoteSignature(vkey, note.text, line);
  }
}

/**
 * Return the time that a quorum of the policy's witnesses vouches for, null if the
 * policy asks for none.
 *
 * Throws `quorum` if too few have cosigned, `stale` if that is longer ago than the
 * ledger allows, `cannot-check` if the last seal is later than that.
 *
 * @param {Policy} policy
 * @param {SignedCheckpoint} signed
 * @param {{sealTime: string, nowMs: number, maxAgeSeconds: number}} limits
 * @returns {Promise<string | null>}
 */
export async function checkWitnesses(policy, { note }, { sealTime, nowMs, maxAgeSeconds }) {
  if (policy.quorum === null) return null;
  const { times } = await readCosignatures(policy, note);
  const until = Math.floor((nowMs + FUTURE_MS) / 1000);
  const seconds = quorumTime(policy, times, { until });
  if (seconds === null) {
    const who = [...times.keys()].join(", ") || "nobody";
    throw new Refusal("quorum", `quorum ${policy.quorum}: cosigned by ${who}`);
  }
  const timeMs = seconds * 1000;
  if (nowMs - timeMs > maxAgeSeconds * 1000) {
    throw new Refusal("stale", `out of date since ${formatTime(timeMs)}`);
  }
  if (parseTime(sealTime) > timeMs + FUTURE_MS) {
    const message = `seal time: got ${sealTime}, cosigned at ${formatTime(timeMs)}`;
    throw new Refusal("cannot-check", message);
  }
  return formatTime(timeMs);
}
