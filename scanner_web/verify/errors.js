/**
 * Every refusal of the verifier: one class, one code.
 *
 * A check returns nothing or throws a {@link Refusal}. The codes are those of
 * `ledger/errors.py` and the `want` of the shared vectors. Any other error is a mistake
 * of the programmer, or the world that failed, and is not a verdict.
 */

/** Families of codes, as the exceptions of `ledger/errors.py` inherit. */
const FAMILIES = {
  malformed: [
    "encoding", "note", "checkpoint", "policy", "receipt-format", "identifier",
    "event", "statement-format", "seal", "passport", "key-file",
    "add-checkpoint", "evidence",
  ],
  "not-verified": [
    "signature", "proof-shape", "root-mismatch", "chain-broken", "seal-mismatch",
    "incomplete", "authority", "event-reused", "duplicate", "wrong-origin",
    "unknown-key", "fact-mismatch", "split-view", "not-packed", "label-mismatch",
    "backdated",
  ],
  "cannot-check": ["stale", "quorum", "label", "not-yet", "unknown-version"],
  refused: ["too-large", "future-time", "unknown-unit", "character", "schema", "crowded",
    "too-many-requests", "distrusted", "old-size"],
  store: ["overloaded", "format-version", "clock", "read-back", "given-out", "read-only"],
  "not-found": /** @type {string[]} */ ([]),
};

/** Every code that a refusal may carry. */
export const CODES = new Set(
  Object.entries(FAMILIES).flatMap(([family, codes]) => [family, ...codes]),
);

/** Say that something could not be believed, and why. */
export class Refusal extends Error {
  /**
   * @param {string} code stable, kebab-case, one of {@link CODES}
   * @param {string} message lower case, no full stop: `thing: got X, want Y`
   * @param {string | null} [pointer] JSON Pointer to the member at fault
   */
  constructor(code, message, pointer = null) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.pointer = pointer;
    /** @type {number | null} entry at which the verifier stopped */
    this.index = null;
    /** @type {number | null} numbered step at which the verifier stopped */
    this.step = null;
  }
}

/**
 * Return a refusal that names its entry.
 *
 * @param {number} index
 * @param {Refusal} refusal
 * @returns {Refusal}
 */
export function located(index, refusal) {
  return Object.assign(refusal, { index });
}

/**
 * Return the family of a code: `malformed`, `not-verified`, `cannot-check`, …
 *
 * @param {string} code
 * @returns {string}
 */
export function family(code) {
  for (const [name, codes] of Object.entries(FAMILIES)) {
    if (name === code || codes.includes(code)) return name;
  }
  throw new RangeError(`code: got ${code}`);
}

/**
 * Return what a parser returns; what it refuses is refused under the caller's code.
 *
 * A number that is well-formed but cannot be counted here stays `cannot-check`.
 *
 * @template T
 * @param {string} code
 * @param {() => T} parse
 * @returns {T}
 */
export function refusedAs(code, parse) {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Refusal && error.code !== "cannot-check") {
      throw new Refusal(code, error.message, error.pointer);
    }
    throw error;
  }
}
