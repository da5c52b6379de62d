/**
 * Bindings: the parties and keys that a directory holds.
 *
 * State and look-ups, without judgement: directory.js decides whether a statement may
 * change it. Keys are never forgotten: what they signed while in force stays valid for
 * ever, and the same bytes never come to mean another party. Twin of
 * `ledger/bindings.py`.
 */

import { toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { label } from "./note.js";
import { formatTime, parseTime } from "./seal.js";

/** @typedef {import("./action.js").Admit} Admit */
/** @typedef {import("./action.js").Authorize} Authorize */
/** @typedef {import("./action.js").Genesis} Genesis */
/** @typedef {import("./action.js").Rights} Rights */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./statement.js").SignerRef} SignerRef */

/**
 * A key as the directory knows it, in force or not. `endedAt` is the index of the
 * statement that revoked, replaced or retired it.
 *
 * @typedef {object} BoundKey
 * @property {VerifierKey} vkey
 * @property {"registrar" | "recovery" | "ledger" | "party"} role
 * @property {number} boundAt
 * @property {Authorize | null} authorized what bound it, if the role is `party`
 * @property {number | null} endedAt
 * @property {string | null} suspectSince
 */

/**
 * A party as one `admit`, at `admittedAt`, describes it.
 *
 * @typedef {object} Party
 * @property {string} id
 * @property {string} kind
 * @property {string | null} name
 * @property {string[]} places
 * @property {string[]} prefixes
 * @property {Rights} rights
 * @property {number} admittedAt
 */

/** Every party and every key that was ever bound, and the ledger's own settings. */
export class Bindings {
  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin;
    /** @type {Genesis | null} */
    this.begun = null;
    /** @type {VerifierKey | null} */
    this.registrarNow = null;
    /** @type {Map<string, BoundKey>} every key ever bound, by its label */
    this.keys = new Map();
    /** @type {Set<string>} in hex */
    this.keyBytes = new Set();
    /** @type {Map<string, Party>} every party as its last `admit` says, by its id */
    this.parties = new Map();
    /** @type {Map<string, Party[]>} every `admit` of a party, oldest first, by its id */
    this.admitted = new Map();
  }

  /** What entry 0 says; throws `authority` before it. */
  get genesis() {
    if (!this.begun) throw refusedEmpty();
    return this.begun;
  }

  /** The registrar's key in force; throws `authority` before entry 0. */
  get registrar() {
    if (!this.registrarNow) throw refusedEmpty();
    return this.registrarNow;
  }

  /** How old a cosigned checkpoint may be. */
  get maxAgeSeconds() {
    return this.genesis.maxAgeSeconds;
  }

  /** Keys that a checkpoint carries now, in the order of adding. */
  get ledgerKeys() {
    return [...this.keys.values()]
      .filter(({ role, endedAt }) => role === "ledger" && endedAt === null)
      .map(({ vkey }) => vkey);
  }

  /**
   * Return a key by name and id, also when it has ended; null if never bound.
   *
   * @param {SignerRef} signer
   * @returns {BoundKey | null}
   */
  key(signer) {
    return this.keys.get(label(signer)) || null;
  }

  /**
   * Return the party of a signer's key; null if it has none.
   *
   * @param {SignerRef} signer
   * @returns {string | null}
   */
  partyOf(signer) {
    const bound = this.key(signer);
    return bound && bound.authorized && bound.authorized.party;
  }

  /**
   * Return the parties of signers, in their order, each once; a key without a party
   * stands for itself.
   *
   * @param {readonly SignerRef[]} signers
   * @returns {string[]}
   */
  partiesOf(signers) {
    return [...new Set(signers.map((signer) => this.partyOf(signer) || label(signer)))];
  }

  /**
   * Return whether a signer's key may take over records of an existing register.
   *
   * @param {SignerRef} signer
   * @returns {boolean}
   */
  isImporter(signer) {
    const bound = this.key(signer);
    return bound !== null && bound.authorized !== null && bound.authorized.isImporter;
  }

  /**
   * Return when a signer's key expires, in milliseconds since 1970, or null.
   *
   * @param {SignerRef} signer
   * @returns {number | null}
   */
  untilMs(signer) {
    const bound = this.key(signer);
    const until = bound && bound.authorized && bound.authorized.until;
    return until ? parseTime(until) : null;
  }

  /**
   * Check that a seal of this time may close what these signers signed; throws
   * `seal-mismatch`.
   *
   * @param {readonly SignerRef[]} signers
   * @param {number} timeMs
   */
  checkNotExpired(signers, timeMs) {
    for (const signer of signers) {
      const until = this.untilMs(signer);
      if (until === null || until > timeMs) continue;
      const message = `seal time: got ${formatTime(timeMs)}, want before ${formatTime(until)}`;
      throw new Refusal("seal-mismatch", `${message}, when the key ${label(signer)} ends`);
    }
  }

  /**
   * Return what an authorised key may state now: the rights of its party, less what the
   * key or the party it acts for does not have.
   *
   * @param {Authorize} authorized
   * @returns {Rights}
   */
  rightsOf({ party, rights, onBehalfOf }) {
    let shared = this.party(party, null).rights;
    if (rights) shared = sharedRights(shared, rights);
    if (onBehalfOf !== null) shared = sharedRights(shared, this.party(onBehalfOf, null).rights);
    return shared;
  }

  /**
   * Return a party that is admitted; throws `authority`.
   *
   * @param {string} id
   * @param {string | null} pointer
   * @returns {Party}
   */
  party(id, pointer) {
    const admitted = this.parties.get(id);
    if (!admitted) throw new Refusal("authority", `party ${id}: not admitted`, pointer);
    return admitted;
  }

  /**
   * Return everything that a party was ever admitted as, oldest first.
   *
   * @param {string} id
   * @returns {readonly Party[]}
   */
  admissions(id) {
    return this.admitted.get(id) || [];
  }

  /**
   * Return what a party was at an index: its last admission before it; null if none.
   *
   * @param {string} id
   * @param {number} index of an entry; an admission takes effect for larger ones
   * @returns {Party | null}
   */
  partyAt(id, index) {
    let found = null;
    for (const party of this.admissions(id)) if (party.admittedAt < index) found = party;
    return found;
  }

  /**
   * Return whether neither these key bytes nor this name and id were ever bound.
   *
   * @param {VerifierKey} vkey
   * @returns {boolean}
   */
  isFree(vkey) {
    return !this.keyBytes.has(toHex(vkey.key)) && !this.keys.has(label(vkey));
  }

  /**
   * Return another party with a prefix that equals, contains or lies in this one.
   *
   * @param {string} prefix
   * @param {string} party
   * @returns {string | null}
   */
  holderOfOverlap(prefix, party) {
    for (const { id, prefixes } of this.parties.values()) {
      if (id !== party && prefixes.some((other) => overlap(prefix, other))) return id;
    }
    return null;
  }

  /**
   * Bind the keys of the genesis.
   *
   * @param {Genesis} action
   */
  begin(action) {
    this.begun = action;
    this.putRegistrar(0, action.registrar);
    for (const vkey of action.recoveryKeys) this.bind(0, vkey, "recovery");
    for (const vkey of action.ledgerKeys) this.bind(0, vkey, "ledger");
  }

  /**
   * Bind the registrar's key, which ends the one before.
   *
   * @param {number} index
   * @param {VerifierKey} vkey
   */
  putRegistrar(index, vkey) {
    if (this.registrarNow) this.end(index, this.registrarNow);
    this.registrarNow = vkey;
    this.bind(index, vkey, "registrar");
  }

  /**
   * Take a party in, in place of what was said of it before.
   *
   * @param {number} index
   * @param {Admit} action
   */
  putParty(index, { party, kind, name, places, prefixes, rights }) {
    const put = { id: party, kind, name, places, prefixes, rights, admittedAt: index };
    this.parties.set(party, put);
    this.admitted.set(party, [...this.admissions(party), put]);
  }

  /**
   * Take a key in, for ever.
   *
   * @param {number} index
   * @param {VerifierKey} vkey
   * @param {BoundKey["role"]} role
   * @param {Authorize | null} [authorized]
   */
  bind(index, vkey, role, authorized = null) {
    const bound = { vkey, role, boundAt: index, authorized, endedAt: null, suspectSince: null };
    this.keys.set(label(vkey), bound);
    this.keyBytes.add(toHex(vkey.key));
  }

  /**
   * End a key. It may be ended again, to say since when it is suspect: the earliest of
   * each counts.
   *
   * @param {number} index
   * @param {VerifierKey} vkey
   * @param {string | null} [suspectSince]
   */
  end(index, vkey, suspectSince = null) {
    const bound = /** @type {BoundKey} */ (this.key(vkey));
    // Times of one form sort as text.
    const since = [bound.suspectSince, suspectSince].filter((time) => time !== null).sort();
    this.keys.set(label(vkey), {
      ...bound,
      endedAt: bound.endedAt === null ? index : bound.endedAt,
      suspectSince: since[0] || null,
    });
  }
}

/**
 * Return what both allow.
 *
 * @param {Rights} rights
 * @param {Rights} other
 * @returns {Rights}
 */
export function sharedRights(rights, other) {
  return {
    steps: new Set([...rights.steps].filter((step) => other.steps.has(step))),
    persistent: new Set([...rights.persistent].filter((word) => other.persistent.has(word))),
  };
}

/**
 * @param {string} prefix
 * @param {string} other
 * @returns {boolean} whether one equals, contains or lies in the other
 */
function overlap(prefix, other) {
  return `${prefix}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${prefix}/`);
}

/** @returns {Refusal} */
function refusedEmpty() {
  return new Refusal("authority", "directory: empty, want the genesis at entry 0");
}
