/**
 * A statement: what an issuer signs about one step, as one signed note of five lines.
 *
 * The outer form only; the body stays bytes until somebody whose signatures hold has
 * said it. Twin of `ledger/statement.py`, the verifying half.
 */

import { decodeUtf8, encodeUtf8 } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { checkKeyName, label, parseNote, verifyNoteSignature } from "./note.js";

/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./note.js").NoteSignature} NoteSignature */

/**
 * A signer as the signers line lists it.
 *
 * @typedef {{name: string, keyId: string}} SignerRef
 */

/**
 * @typedef {object} Statement
 * @property {string} origin the ledger it is made for
 * @property {"event" | "directory"} kind
 * @property {SignerRef[]} signers the issuer first, then those who attest
 * @property {Uint8Array} body one JSON object in canonical form
 * @property {NoteSignature[]} signatures one for each signer, in the same order
 * @property {Uint8Array} text what is signed; two statements are the same if it is
 */

const HEADER = "caravan/statement/v1";
const MAX_BYTES = 65535;
const MAX_SIGNERS = 16;

/**
 * Return the statement that an entry spells, its outer form checked; throws
 * `statement-format`, `note`, `unknown-version`.
 *
 * @param {Uint8Array} entry
 * @returns {Statement}
 */
export function parseStatement(entry) {
  if (entry.length > MAX_BYTES) {
    throw new Refusal("statement-format", `statement: got ${entry.length} bytes, want at most ${MAX_BYTES}`);
  }
  const first = firstLine(entry);
  if (first !== HEADER) {
    const isOther = /^caravan\/statement\/v[1-9][0-9]*$/.test(first);
    if (isOther) throw new Refusal("unknown-version", `statement: got ${first}, want ${HEADER}`);
    throw new Refusal("statement-format", `statement: first line is not ${HEADER}`);
  }
  const note = parseNote(entry);
  const lines = decodeUtf8(note.text).split("\n");
  const [, origin = "", kind = "", signersLine = "", body = "", end] = lines;
  if (lines.length !== 6 || end !== "") {
    throw new Refusal("statement-format", `statement: got ${lines.length - 1} lines, want 5`);
  }
  refusedAs("statement-format", () => checkKeyName(origin));
  const signers = parseSigners(signersLine);
  checkLines(signers, note.signatures);
  return {
    origin,
    kind: knownKind(kind),
    signers,
    body: encodeUtf8(body),
    signatures: note.signatures,
    text: note.text,
  };
}

/**
 * Refuse a statement made for another ledger; throws `wrong-origin`.
 *
 * @param {Statement} statement
 * @param {string} origin
 */
export function checkOrigin(statement, origin) {
  if (statement.origin !== origin) {
    throw new Refusal("wrong-origin", `origin: got ${statement.origin}, want ${origin}`);
  }
}

/**
 * Check that every signer has signed, each with the key that it names; throws
 * `signature`.
 *
 * @param {Statement} statement
 * @param {readonly VerifierKey[]} keys one for each signer, in the order of the signers
 * @returns {Promise<void>}
 */
export async function verifyStatementSignatures(statement, keys) {
  if (keys.length !== statement.signers.length) {
    throw new Refusal("signature", `signers: got ${keys.length} keys, want ${statement.signers.length}`);
  }
  for (const [place, line] of statement.signatures.entries()) {
    const vkey = /** @type {VerifierKey} */ (keys[place]);
    if (label(vkey) !== label(line)) {
      throw new Refusal("signature", `signer: got key ${label(vkey)}, want ${label(line)}`);
    }
    await verifyNoteSignature(vkey, statement.text, line);
  }
}

/**
 * Return the first line of an entry, or all of it; bytes beyond ASCII stay apart from
 * every header of ours.
 *
 * @param {Uint8Array} entry
 * @returns {string}
 */
export function firstLine(entry) {
  const newline = entry.indexOf(10);
  const line = newline < 0 ? entry : entry.subarray(0, newline);
  return Array.from(line, (byte) => String.fromCharCode(byte)).join("");
}

/**
 * @param {string} kind
 * @returns {"event" | "directory"}
 */
function knownKind(kind) {
  if (kind === "event" || kind === "directory") return kind;
  if (/^[a-z]+(-[a-z]+)*$/.test(kind)) {
    throw new Refusal("unknown-version", `kind: got ${kind}, want event or directory`);
  }
  throw new Refusal("statement-format", "kind: not a word");
}

/**
 * @param {string} line
 * @returns {SignerRef[]}
 */
function parseSigners(line) {
  const labels = line.split(" ");
  if (labels.length > MAX_SIGNERS) {
    throw new Refusal("statement-format", `signers: got ${labels.length}, want 1 to ${MAX_SIGNERS}`);
  }
  if (new Set(labels).size !== labels.length) {
    throw new Refusal("statement-format", "signers: one is named twice");
  }
  return labels.map(parseSigner);
}

/**
 * @param {string} text
 * @returns {SignerRef}
 */
function parseSigner(text) {
  const match = /^([^+]+)\+([0-9a-f]{8})$/.exec(text);
  if (!match) {
    throw new Refusal("statement-format", "signers: want name+id for each, one space between");
  }
  const [, name = "", keyId = ""] = match;
  refusedAs("statement-format", () => checkKeyName(name));
  return { name, keyId };
}

/**
 * Check that the note has the lines that the signers line lists, in its order.
 *
 * A note's signatures cover neither names nor each other: without this a line could be
 * swapped, repeated, stripped or relabelled.
 *
 * @param {readonly SignerRef[]} signers
 * @param {readonly NoteSignature[]} lines
 */
function checkLines(signers, lines) {
  if (signers.map(label).join(" ") !== lines.map(label).join(" ")) {
    throw new Refusal("statement-format", "signatures: the lines are not those of the signers line");
  }
}
