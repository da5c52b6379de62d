/**
 * The state that the entries given so far determine, and the judgement of the next.
 *
 * A passport holds part of the ledger: each rule is judged over what is held, in the
 * order of the indices, and what needs every entry (the chain, the index root,
 * uniqueness) is left to who replays all of it. Twin of `ledger/replay.py`, that half.
 *
 * Order of checks of a statement: outer form, signatures, text known, form of the body,
 * authority.
 */

import { parseAction } from "./action.js";
import { Directory } from "./directory.js";
import { parseCanonical, toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { parseEvent } from "./event.js";
import { sha256 } from "./hash.js";
import { label } from "./note.js";
import { entryKind, parseSeal } from "./seal.js";
import { checkOrigin, parseStatement, verifyStatementSignatures } from "./statement.js";

/** @typedef {import("./action.js").Action} Action */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./passport.js").GivenEntry} GivenEntry */
/** @typedef {import("./seal.js").Seal} Seal */
/** @typedef {import("./statement.js").SignerRef} SignerRef */
/** @typedef {import("./statement.js").Statement} Statement */

/**
 * A statement that is valid at its index, with what was read of it: an event or an
 * action, the other is null.
 *
 * @typedef {object} JudgedStatement
 * @property {number} index
 * @property {Statement} statement
 * @property {Event | null} event
 * @property {Action | null} action
 * @property {JsonObject} body
 * @property {string} party of the issuer; `registrar` where the registrar signed
 * @property {string[]} parties of the signers of an event, the issuer's first, each once;
 *   of an action `party` alone
 * @property {string | null} who the issuer's party as it was named then, or its id;
 *   null for the registrar
 */

/** @typedef {JudgedStatement & {event: Event}} JudgedEvent */

/** What the entries so far determine; {@link Replay.take} judges the next one. */
export class Replay {
  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin;
    this.host = /** @type {string} */ (origin.split("/")[0]);
    this.directory = new Directory(origin);
    /** @type {JudgedStatement[]} */
    this.judged = [];
    /** @type {Seal[]} */
    this.seals = [];
    /** @type {Map<string, number>} index of each text, by its hash */
    this.texts = new Map();
  }

  /**
   * Judge the next of the given entries and take it in.
   *
   * Throws what makes it invalid, with its index and the step: 6 for a directory
   * statement, 7 for an event, 14 for a seal.
   *
   * @param {GivenEntry} given
   */
  async take({ index, entry }) {
    let step = 6;
    try {
      if (entryKind(entry) === "seal") {
        step = 14;
        this.seals.push(sealAt({ index, entry }, this.origin));
        return;
      }
      step = kindLine(entry) === "directory" ? 6 : 7;
      await this.takeStatement(index, parseStatement(entry));
    } catch (error) {
      if (error instanceof Refusal) Object.assign(error, { index, step });
      throw error;
    }
  }

  /**
   * @param {number} index
   * @param {Statement} statement
   */
  async takeStatement(index, statement) {
    checkOrigin(statement, this.origin);
    if (index === 0 && statement.kind !== "directory") {
      throw new Refusal("authority", "entry 0: got an event, want the genesis");
    }
    const keys = await this.signersKeys(statement);
    await verifyStatementSignatures(statement, keys);
    await this.refuseKnownText(index, statement);
    const body = parseCanonical(statement.body);
    const who = this.whoIs(/** @type {SignerRef} */ (statement.signers[0]));
    if (statement.kind === "event") {
      const event = parseEvent(body, { host: this.host });
      const party = this.directory.checkEvent(index, statement, event);
      const parties = this.directory.partiesOf(statement.signers);
      this.judged.push({ index, statement, body, event, action: null, party, parties, who });
    } else {
      const action = await this.parseAction(body);
      const party = this.directory.check(index, statement, action);
      this.directory.apply(index, statement, action);
      const parties = [party];
      this.judged.push({ index, statement, body, event: null, action, party, parties, who });
    }
  }

  /**
   * Return the key of every signer: as the directory binds it, or as the statement
   * itself introduces it. Throws `unknown-key`.
   *
   * @param {Statement} statement
   * @returns {Promise<VerifierKey[]>}
   */
  async signersKeys(statement) {
    const bound = statement.signers.map((signer) => this.directory.key(signer));
    /** @type {VerifierKey | null} */
    let introduced = null;
    if (statement.kind === "directory" && bound.includes(null)) {
      // Only the key that the body itself introduces can be missing here.
      const action = await this.parseAction(parseCanonical(statement.body));
      introduced = this.directory.introduced(action);
    }
    return statement.signers.map((signer, place) => {
      const known = bound[place];
      if (known) return known.vkey;
      if (introduced && label(introduced) === label(signer)) return introduced;
      throw new Refusal("unknown-key", `signer: ${label(signer)} is not in the directory`);
    });
  }

  /**
   * Return the party of a signer by its name, or else its id, as of now.
   *
   * @param {SignerRef} signer
   * @returns {string | null}
   */
  whoIs(signer) {
    const id = this.directory.partyOf(signer);
    const party = id === null ? undefined : this.directory.parties.get(id);
    return party && party.name !== null ? party.name : id;
  }

  /**
   * @param {JsonObject} body
   * @returns {Promise<Action>}
   */
  parseAction(body) {
    return parseAction(body, { host: this.host, origin: this.origin });
  }

  /**
   * @param {number} index
   * @param {Statement} statement
   */
  async refuseKnownText(index, statement) {
    const hash = toHex(await sha256(statement.text));
    const first = this.texts.get(hash);
    if (first !== undefined) {
      throw new Refusal("duplicate", `text: already logged as entry ${first}`);
    }
    this.texts.set(hash, index);
  }
}

/**
 * Return the third line of an entry, which in a statement names the kind.
 *
 * @param {Uint8Array} entry
 * @returns {string | undefined}
 */
function kindLine(entry) {
  return new TextDecoder().decode(entry).split("\n", 3)[2];
}

/**
 * Return the seal that a given entry is; throws `seal`, `wrong-origin`,
 * `seal-mismatch`, with its index.
 *
 * @param {GivenEntry} given
 * @param {string} origin
 * @returns {Seal}
 */
export function sealAt({ index, entry }, origin) {
  try {
    const seal = parseSeal(entry);
    if (seal.origin !== origin) {
      throw new Refusal("wrong-origin", `origin: got ${seal.origin}, want ${origin}`);
    }
    if (seal.index !== index) {
      throw new Refusal("seal-mismatch", `seal: says index ${seal.index}, stands at ${index}`);
    }
    return seal;
  } catch (error) {
    throw error instanceof Refusal ? Object.assign(error, { index }) : error;
  }
}
