/**
 * Checkpoints (C2SP tlog-checkpoint): at this size, this log has this root.
 *
 * A signed note of three lines; extension lines are refused, since nobody could audit
 * what they say. Twin of `ledger/checkpoint.py`, the verifying half.
 */

import { decodeBase64, decodeUtf8, parseInteger } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { label, parseNote, verifyNoteSignature } from "./note.js";

/** @typedef {import("./note.js").Note} Note */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */

/** @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint */

/**
 * A checkpoint that keys the reader listed have signed.
 *
 * @typedef {object} SignedCheckpoint
 * @property {Checkpoint} checkpoint
 * @property {Note} note with the lines of keys that were not listed
 * @property {Uint8Array} text the note's text, which cosignatures cover too
 * @property {string[]} signedBy labels of the listed keys, in the order of their lines
 */

/**
 * Return the checkpoint that a note's text is; throws `checkpoint`.
 *
 * @param {Uint8Array} text
 * @returns {Checkpoint}
 */
export function parseCheckpoint(text) {
  const lines = refusedAs("checkpoint", () => decodeUtf8(text)).split("\n");
  const [origin = "", size = "", root = "", end] = lines;
  if (lines.length !== 4 || end !== "") {
    throw new Refusal("checkpoint", "checkpoint: want three lines, each with its newline");
  }
  if (origin === "") throw new Refusal("checkpoint", "checkpoint: the origin is empty");
  return refusedAs("checkpoint", () => ({
    origin,
    root: decodeBase64(root, 32),
    size: parseInteger(size),
  }));
}

/**
 * Return the checkpoint in a note, once a listed key is seen to have signed it.
 *
 * Lines of other keys are ignored. A line of a listed key has to hold, and to be there
 * once. Throws `note`, `checkpoint`, `wrong-origin`, `signature`, `unknown-key`.
 *
 * @param {Uint8Array} bytes
 * @param {{origin: string, logKeys: readonly VerifierKey[]}} trust
 * @returns {Promise<SignedCheckpoint>}
 */
export async function openCheckpoint(bytes, { origin, logKeys }) {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) {
    throw new Refusal("wrong-origin", `checkpoint: got ${checkpoint.origin}, want ${origin}`);
  }
  const keys = new Map(logKeys.map((vkey) => [label(vkey), vkey]));
  /** @type {string[]} */
  const signedBy = [];
  for (const line of note.signatures) {
    const vkey = keys.get(label(line));
    if (!vkey) continue;
    if (signedBy.includes(label(vkey))) {
      throw new Refusal("signature", `checkpoint: ${label(vkey)} signed twice`);
    }
    await verifyNoteSignature(vkey, note.text, line);
    signedBy.push(label(vkey));
  }
  if (signedBy.length === 0) {
    throw new Refusal("unknown-key", "checkpoint: no line of a key of this log");
  }
  return { checkpoint, note, text: note.text, signedBy };
}
