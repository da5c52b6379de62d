/**
 * Cosignatures of checkpoints (C2SP tlog-cosignature, Ed25519, type 0x04).
 *
 * A cosignature says: at this time, this was the largest consistent tree of this log
 * that I had seen. Twin of `ledger/cosignature.py`, the verifying half.
 */

import { concat, encodeUtf8, toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { checkSignatureNamesKey, COSIGNATURE, label } from "./note.js";
import { verifySignature } from "./signatures.js";

/** @typedef {import("./note.js").NoteSignature} NoteSignature */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */

const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;

/**
 * Return the bytes that a cosigner signs.
 *
 * @param {bigint | number} timestamp seconds since 1970-01-01T00:00:00Z
 * @param {Uint8Array} text the checkpoint's note text
 * @returns {Uint8Array}
 */
export function cosignatureMessage(timestamp, text) {
  return concat(encodeUtf8(`cosignature/v1\ntime ${timestamp}\n`), text);
}

/**
 * Return the time of a cosignature, in seconds since 1970, once it is verified; throws
 * `unknown-key`, `signature`.
 *
 * A time beyond 2^53 is verified exactly and returned rounded; it lies so far in the
 * future that nobody believes it.
 *
 * @param {VerifierKey} vkey
 * @param {Uint8Array} text the checkpoint's note text
 * @param {NoteSignature} line
 * @returns {Promise<number>}
 */
export async function verifyCosignature(vkey, text, line) {
  checkSignatureNamesKey(vkey, line);
  if (vkey.kind !== COSIGNATURE) {
    throw new Refusal("signature", `${label(vkey)}: does not cosign`);
  }
  if (line.signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) {
    throw new Refusal("signature", `${label(vkey)}: got ${line.signature.length} bytes`);
  }
  if (/** @type {number} */ (line.signature[0]) >= 0x80) {
    throw new Refusal("signature", `${label(vkey)}: its time does not fit 63 bits`);
  }
  const timestamp = BigInt(`0x${toHex(line.signature.subarray(0, TIMESTAMP_BYTES))}`);
  const message = cosignatureMessage(timestamp, text);
  await verifySignature(vkey.key, message, line.signature.subarray(TIMESTAMP_BYTES));
  return Number(timestamp);
}
