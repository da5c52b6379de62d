/**
 * C2SP signed notes with Ed25519 keys (c2sp.org/signed-note).
 *
 * A note is a text and at least one signature line; they split at the last blank line.
 * Key ids are kept in hex, since they are compared and shown. Twin of `ledger/note.py`,
 * the verifying half.
 */

import { concat, decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, toHex } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { sha256 } from "./hash.js";
import { verifySignature } from "./signatures.js";

/**
 * Who verifies: a name, and a key of one kind.
 *
 * @typedef {object} VerifierKey
 * @property {string} name
 * @property {string} keyId 8 hex digits
 * @property {number} kind {@link ED25519} or {@link COSIGNATURE}
 * @property {Uint8Array} key 32 bytes
 */

/**
 * One signature line.
 *
 * @typedef {object} NoteSignature
 * @property {string} name
 * @property {string} keyId 8 hex digits
 * @property {Uint8Array} signature what follows the key id
 */

/** @typedef {{text: Uint8Array, signatures: NoteSignature[]}} Note */

/** Key kinds: what a key signs, never both. */
export const ED25519 = 1;
export const COSIGNATURE = 4;

const MAX_SIGNATURES = 64;
const OUR_NAME = /^[a-z0-9.-]+(\/[a-z0-9._~-]+)*$/;

// Unicode's White_Space, spelled out because `\s` means something else, and what no
// UTF-8 text can hold.
const ANY_NAME =
  /^[^+\0-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]+$/u;

/**
 * Check a key name of ours, or an origin; throws `note`.
 *
 * @param {string} name
 */
export function checkKeyName(name) {
  const host = name.split("/")[0] || "";
  if (!OUR_NAME.test(name) || name.length > 200 || !host.includes(".")) {
    throw new Refusal("note", "key name: not of the form host.example/words");
  }
  if (/^(caravan|cosignature)\//.test(name)) throw new Refusal("note", "key name: reserved");
}

/**
 * Return the name of a key or line with its id: what a signers line lists.
 *
 * @param {{name: string, keyId: string}} reference
 * @returns {string}
 */
export function label({ name, keyId }) {
  return `${name}+${keyId}`;
}

/**
 * Return the id of a key, in hex: the first four bytes of a hash over all of it.
 *
 * @param {string} name
 * @param {number} kind
 * @param {Uint8Array} key
 * @returns {Promise<string>}
 */
export async function keyId(name, kind, key) {
  const hash = await sha256(concat(encodeUtf8(name), Uint8Array.of(10, kind), key));
  return toHex(hash.subarray(0, 4));
}

/**
 * Return the vkey text of a key.
 *
 * @param {VerifierKey} vkey
 * @returns {string}
 */
export function vkeyText(vkey) {
  return `${label(vkey)}+${encodeBase64(concat(Uint8Array.of(vkey.kind), vkey.key))}`;
}

/**
 * Return the key that a vkey text spells; throws `note`.
 *
 * Any name of the standard is taken. The key bytes are not judged: what verifies with
 * them judges them every time.
 *
 * @param {string} text
 * @returns {Promise<VerifierKey>}
 */
export async function parseVkey(text) {
  const [, name = "", id = "", encoded = ""] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) || [];
  if (!ANY_NAME.test(name)) throw new Refusal("note", "vkey: want name+id+key");
  const bytes = refusedAs("note", () => decodeBase64(encoded, 33));
  const [key, kind] = [bytes.slice(1), bytes[0] || 0];
  if (kind !== ED25519 && kind !== COSIGNATURE) {
    throw new Refusal("note", `vkey: got a key of type ${kind}, want 1 or 4`);
  }
  if (id !== (await keyId(name, kind, key))) throw new Refusal("note", "vkey: wrong key id");
  return { name, keyId: id, kind, key };
}

/**
 * Return the text and signature lines of a note; throws `note`.
 *
 * @param {Uint8Array} bytes
 * @returns {Note}
 */
export function parseNote(bytes) {
  const whole = refusedAs("note", () => decodeUtf8(bytes));
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) throw new Refusal("note", "note: control character");
  const split = whole.lastIndexOf("\n\n");
  if (split < 0) throw new Refusal("note", "note: no blank line before the signatures");
  const lines = whole.slice(split + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0) {
    throw new Refusal("note", "note: no signature line, or the last newline is missing");
  }
  if (lines.length > MAX_SIGNATURES) {
    throw new Refusal("note", `note: got ${lines.length} signatures, want at most 64`);
  }
  const text = encodeUtf8(whole.slice(0, split + 1));
  return { text, signatures: lines.map(parseSignatureLine) };
}

/**
 * @param {string} line
 * @returns {NoteSignature}
 */
function parseSignatureLine(line) {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  if (dash !== "\u2014" || !ANY_NAME.test(name) || rest.length > 0) {
    throw new Refusal("note", "signature line: want a dash, a name and base64");
  }
  const bytes = refusedAs("note", () => decodeBase64(encoded));
  if (bytes.length < 5) throw new Refusal("note", "signature line: too short");
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

/**
 * Check that a line names a key, by name and key id; throws `unknown-key`.
 *
 * @param {VerifierKey} vkey
 * @param {NoteSignature} line
 */
export function checkSignatureNamesKey(vkey, line) {
  if (label(vkey) !== label(line)) {
    throw new Refusal("unknown-key", `signature: got ${label(line)}, want ${label(vkey)}`);
  }
}

/**
 * Check that a line is a key's signature of a text; throws `unknown-key`, `signature`.
 *
 * @param {VerifierKey} vkey
 * @param {Uint8Array} text
 * @param {NoteSignature} line
 * @returns {Promise<void>}
 */
export async function verifyNoteSignature(vkey, text, line) {
  checkSignatureNamesKey(vkey, line);
  if (vkey.kind !== ED25519) {
    throw new Refusal("signature", `${label(vkey)}: signs no notes`);
  }
  await verifySignature(vkey.key, text, line.signature);
}
