/**
 * The directory: whose key is whose, and what each may do.
 *
 * It is not stored anywhere: whoever has the directory statements replays them in order
 * and has it. A statement takes effect at its own index, for larger indices. Keys are
 * never forgotten: what they signed while in force stays valid for ever, and the same
 * bytes never come to mean another party. Twin of `ledger/directory.py`; nothing is
 * verified here, statement.js judges signatures and action.js forms.
 */

import { actionSubjects, introducedKey, REGISTRAR, stepText } from "./action.js";
import { toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { label, vkeyText } from "./note.js";

/** @typedef {import("./action.js").Action} Action */
/** @typedef {import("./action.js").Admit} Admit */
/** @typedef {import("./action.js").Authorize} Authorize */
/** @typedef {import("./action.js").Genesis} Genesis */
/** @typedef {import("./action.js").LedgerKey} LedgerKey */
/** @typedef {import("./action.js").Revoke} Revoke */
/** @typedef {import("./action.js").Rights} Rights */
/** @typedef {import("./action.js").Rotate} Rotate */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./statement.js").SignerRef} SignerRef */
/** @typedef {import("./statement.js").Statement} Statement */

/**
 * A key as the directory knows it, in force or not. `endedAt` is the index of the
 * statement that revoked, replaced or retired it.
 *
 * @typedef {object} BoundKey
 * @property {VerifierKey} vkey
 * @property {"registrar" | "recovery" | "ledger" | "party"} role
 * @property {string | null} party of a key with the role `party`
 * @property {Rights | null} rights narrower than the party's
 * @property {string | null} until
 * @property {number | null} untilMs
 * @property {boolean} isImporter
 * @property {boolean} isOfficer
 * @property {string | null} onBehalfOf
 * @property {number} boundAt
 * @property {number | null} endedAt
 * @property {string | null} suspectSince
 */

/**
 * A party as its last `admit`, at `admittedAt`, describes it.
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

/** The directory after the statements applied so far. */
export class Directory {
  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin;
    /** @type {Genesis | null} */
    this.genesis = null;
    /** @type {VerifierKey | null} */
    this.registrar = null;
    /** @type {Map<string, BoundKey>} every key ever bound, by its label */
    this.keys = new Map();
    /** @type {Set<string>} */
    this.keyBytes = new Set();
    /** @type {Map<string, Party>} */
    this.parties = new Map();
  }

  /** How old a cosigned checkpoint may be. */
  get maxAgeSeconds() {
    return this.begun().maxAgeSeconds;
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
   * Return the key that an action itself introduces, if it signs.
   *
   * @param {Action} action
   * @returns {VerifierKey | null}
   */
  introduced(action) {
    return introducedKey(action);
  }

  /**
   * Return the subjects of a directory statement, sorted.
   *
   * @param {Action} action
   * @returns {string[]}
   */
  subjects(action) {
    return actionSubjects(action);
  }

  /**
   * Return when a signer's key expires, in milliseconds since 1970, or null.
   *
   * @param {SignerRef} signer
   * @returns {number | null}
   */
  untilMs(signer) {
    const bound = this.key(signer);
    return bound && bound.untilMs;
  }

  /**
   * Return what a party's key may state now: the party's rights, less what the key or
   * the party it acts for does not have.
   *
   * @param {BoundKey} bound of a party
   * @returns {Rights}
   */
  rightsOf({ party, rights, onBehalfOf }) {
    let shared = this.rightsOfParty(party);
    if (rights) shared = sharedRights(shared, rights);
    if (onBehalfOf !== null) shared = sharedRights(shared, this.rightsOfParty(onBehalfOf));
    return shared;
  }

  /**
   * @param {string | null} party admitted
   * @returns {Rights}
   */
  rightsOfParty(party) {
    const admitted = this.parties.get(party || "");
    if (!admitted) throw new Refusal("authority", `party ${party}: not admitted`);
    return admitted.rights;
  }

  /**
   * Check that every signer may sign an event at this index, and return the issuer's
   * party; throws `authority`.
   *
   * @param {number} index
   * @param {Statement} statement
   * @param {Event} event
   * @returns {string}
   */
  checkEvent(index, statement, event) {
    const [issuer] = statement.signers.map((signer) => this.partyKey(signer));
    const rights = this.rightsOf(/** @type {BoundKey} */ (issuer));
    if (!rights.steps.has(stepText(event.bizStep, event.disposition))) {
      const what = `${event.bizStep} with disposition ${event.disposition}`;
      throw refused(`entry ${index}: issuer may not state ${what}`, "/bizStep");
    }
    for (const word of [...event.set, ...event.unset]) {
      if (rights.persistent.has(word)) continue;
      const message = `entry ${index}: issuer may not set or unset ${word}`;
      throw refused(message, "/persistentDisposition");
    }
    return /** @type {string} */ (/** @type {BoundKey} */ (issuer).party);
  }

  /**
   * Check that a directory statement is authorised at this index, and return the
   * issuer's party, or `registrar`; throws `authority`.
   *
   * @param {number} index
   * @param {Statement} statement
   * @param {Action} action
   * @returns {string}
   */
  check(index, { signers }, action) {
    if ((action.action === "genesis") !== (index === 0)) {
      throw refused(`entry ${index}: the genesis is entry 0 and only that`);
    }
    switch (action.action) {
      case "genesis":
        return this.checkGenesis(signers, action);
      case "admit":
        return this.checkAdmit(signers, action);
      case "authorize":
        return this.checkAuthorize(signers, action);
      case "revoke":
        return this.checkRevoke(signers, action);
      case "rotate":
        return this.checkRotate(signers, action);
      case "ledger-key":
        return this.checkLedgerKey(signers, action);
    }
  }

  /**
   * Check a directory statement and take it in; nothing changes if it fails. Throws
   * `authority`.
   *
   * @param {number} index
   * @param {Statement} statement
   * @param {Action} action
   */
  apply(index, statement, action) {
    this.check(index, statement, action);
    switch (action.action) {
      case "genesis":
        this.genesis = action;
        this.registrar = action.registrar;
        this.bind(index, action.registrar, "registrar");
        for (const vkey of action.recoveryKeys) this.bind(index, vkey, "recovery");
        for (const vkey of action.ledgerKeys) this.bind(index, vkey, "ledger");
        break;
      case "admit":
        this.parties.set(action.party, { ...action, id: action.party, admittedAt: index });
        break;
      case "authorize":
        this.bind(index, action.key, "party", action);
        break;
      case "revoke":
        this.revoke(index, action);
        break;
      case "rotate":
        this.end(index, this.registrarKey());
        this.registrar = action.registrar;
        this.bind(index, action.registrar, "registrar");
        break;
      case "ledger-key":
        if (action.change === "add") this.bind(index, action.key, "ledger");
        else this.end(index, action.key);
    }
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Genesis} action
   */
  checkGenesis(signers, { registrar, recoveryKeys, ledgerKeys }) {
    checkSigners(signers, registrar);
    const keys = [registrar, ...recoveryKeys, ...ledgerKeys];
    if (new Set(keys.map(({ key }) => toHex(key))).size !== keys.length) {
      throw refused("genesis: one key in two places");
    }
    if (new Set(keys.map(label)).size !== keys.length) {
      throw refused("genesis: two keys under one name and id");
    }
    return REGISTRAR;
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Admit} action
   */
  checkAdmit(signers, action) {
    checkSigners(signers, this.registrarKey());
    for (const [place, prefix] of action.prefixes.entries()) {
      for (const { id, prefixes } of this.parties.values()) {
        if (id === action.party || !prefixes.some((other) => overlap(prefix, other))) continue;
        const message = `prefix ${prefix}: equals, contains or lies in one of ${id}`;
        throw refused(message, `/prefixes/${place}`);
      }
    }
    return REGISTRAR;
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Authorize} action
   */
  checkAuthorize(signers, action) {
    const rights = this.admitted(action.party, "/party").rights;
    const decider = this.decider(signers[0], action.party);
    const byRegistrar = decider === REGISTRAR;
    if (action.isOfficer && !byRegistrar) {
      throw refused("officer: only the registrar makes one", "/officer");
    }
    if (action.rights && !isWithin(action.rights, rights)) {
      throw refused(`rights: more than those of ${action.party}`, "/rights");
    }
    const needsConsent = action.onBehalfOf !== null && !byRegistrar;
    checkCount(signers, needsConsent ? 3 : 2);
    checkSigner(signers[1], action.key);
    if (action.onBehalfOf !== null) {
      this.admitted(action.onBehalfOf, "/on_behalf_of");
      if (needsConsent) this.decider(signers[2], action.onBehalfOf);
    }
    this.checkFree(action.key, "/key");
    return decider;
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Revoke} action
   */
  checkRevoke(signers, { party, key }) {
    checkCount(signers, 1);
    const bound = this.key(key);
    if (!bound || vkeyText(bound.vkey) !== vkeyText(key) || bound.party !== party) {
      throw refused(`key ${label(key)}: not one of ${party}`, "/key");
    }
    const [signer] = /** @type {[SignerRef]} */ (signers);
    if (label(signer) === label(key) && bound.endedAt === null) return party;
    return this.decider(signer, party);
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Rotate} action
   */
  checkRotate(signers, action) {
    const { recoveryCount, recoveryKeys } = this.begun();
    const [first] = /** @type {[SignerRef]} */ (signers);
    if (label(first) === label(this.registrarKey())) {
      checkSigners(signers, this.registrarKey(), action.registrar);
    } else {
      // With no recovery keys the new key alone would otherwise be enough.
      if (recoveryCount === 0) throw refused("rotate: not by the registrar, and no recovery");
      checkCount(signers, 1 + recoveryCount);
      checkSigner(first, action.registrar);
      const order = recoveryKeys.map(label);
      let last = -1;
      for (const signer of signers.slice(1)) {
        const place = order.indexOf(label(signer));
        if (place <= last) throw refused("rotate: want recovery keys, in the order of the genesis");
        last = place;
      }
    }
    this.checkFree(action.registrar, "/registrar");
    return REGISTRAR;
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {LedgerKey} action
   */
  checkLedgerKey(signers, { change, key }) {
    checkSigners(signers, this.registrarKey());
    const inForce = this.ledgerKeys;
    if (change === "add") {
      this.checkFree(key, "/add");
    } else if (!inForce.some((vkey) => vkeyText(vkey) === vkeyText(key))) {
      throw refused(`${label(key)}: no ledger key in force`, "/retire");
    } else if (inForce.length === 1) {
      throw refused(`${label(key)}: the last ledger key`, "/retire");
    }
    return REGISTRAR;
  }

  /**
   * A key may be revoked again, to say since when it is suspect; the earliest of each
   * counts.
   *
   * @param {number} index
   * @param {Revoke} action
   */
  revoke(index, { key, suspectSince }) {
    const bound = /** @type {BoundKey} */ (this.key(key));
    // Times of one form sort as text.
    const since = [bound.suspectSince, suspectSince].filter((time) => time !== null).sort();
    this.keys.set(label(key), {
      ...bound,
      endedAt: bound.endedAt === null ? index : bound.endedAt,
      suspectSince: since[0] || null,
    });
  }

  /**
   * @param {number} index
   * @param {VerifierKey} vkey
   * @param {BoundKey["role"]} role
   * @param {Authorize | null} [authorized]
   */
  bind(index, vkey, role, authorized = null) {
    const until = authorized && authorized.until;
    this.keys.set(label(vkey), {
      vkey,
      role,
      party: authorized && authorized.party,
      rights: authorized && authorized.rights,
      until,
      untilMs: until === null ? null : Date.parse(until),
      isImporter: authorized !== null && authorized.isImporter,
      isOfficer: authorized !== null && authorized.isOfficer,
      onBehalfOf: authorized && authorized.onBehalfOf,
      boundAt: index,
      endedAt: null,
      suspectSince: null,
    });
    this.keyBytes.add(toHex(vkey.key));
  }

  /**
   * @param {number} index
   * @param {VerifierKey} vkey
   */
  end(index, vkey) {
    const bound = /** @type {BoundKey} */ (this.key(vkey));
    this.keys.set(label(vkey), { ...bound, endedAt: index });
  }

  /** @returns {Genesis} */
  begun() {
    if (!this.genesis) throw refused("directory: empty, want the genesis at entry 0");
    return this.genesis;
  }

  /** @returns {VerifierKey} */
  registrarKey() {
    if (!this.registrar) throw refused("directory: empty, want the genesis at entry 0");
    return this.registrar;
  }

  /**
   * @param {string} party
   * @param {string} pointer
   * @returns {Party}
   */
  admitted(party, pointer) {
    const admitted = this.parties.get(party);
    if (!admitted) throw refused(`party ${party}: not admitted`, pointer);
    return admitted;
  }

  /**
   * Return the key of a signer that is a party's and in force.
   *
   * @param {SignerRef | undefined} signer
   * @returns {BoundKey}
   */
  partyKey(signer) {
    const bound = signer ? this.key(signer) : null;
    if (!signer || !bound || bound.role !== "party") {
      throw refused(`signer ${signer ? label(signer) : ""}: not the key of a party`);
    }
    if (bound.endedAt !== null) {
      throw refused(`signer ${label(signer)}: revoked by entry ${bound.endedAt}`);
    }
    return bound;
  }

  /**
   * Return on whose word a signer decides for a party: registrar, or officer.
   *
   * @param {SignerRef | undefined} signer
   * @param {string} party
   * @returns {string}
   */
  decider(signer, party) {
    if (signer && label(signer) === label(this.registrarKey())) return REGISTRAR;
    const bound = this.partyKey(signer);
    if (!bound.isOfficer || bound.party !== party) {
      throw refused(`signer: neither the registrar nor an officer of ${party}`);
    }
    return party;
  }

  /**
   * @param {VerifierKey} vkey
   * @param {string} pointer
   */
  checkFree(vkey, pointer) {
    if (this.keyBytes.has(toHex(vkey.key)) || this.keys.has(label(vkey))) {
      throw refused(`key ${label(vkey)}: bound before, and for ever`, pointer);
    }
  }
}

/**
 * @param {string} message
 * @param {string | null} [pointer]
 * @returns {Refusal}
 */
function refused(message, pointer = null) {
  return new Refusal("authority", message, pointer);
}

/**
 * @param {Rights} rights
 * @param {Rights} other
 * @returns {Rights} what both allow
 */
function sharedRights(rights, other) {
  return {
    steps: new Set([...rights.steps].filter((step) => other.steps.has(step))),
    persistent: new Set([...rights.persistent].filter((word) => other.persistent.has(word))),
  };
}

/**
 * @param {Rights} rights
 * @param {Rights} other
 * @returns {boolean} whether everything allowed here is allowed there
 */
function isWithin(rights, other) {
  const both = sharedRights(rights, other);
  return both.steps.size === rights.steps.size && both.persistent.size === rights.persistent.size;
}

/**
 * @param {string} prefix
 * @param {string} other
 * @returns {boolean} whether one equals, contains or lies in the other
 */
function overlap(prefix, other) {
  return `${prefix}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${prefix}/`);
}

/**
 * @param {readonly SignerRef[]} signers
 * @param {number} count
 */
function checkCount(signers, count) {
  if (signers.length !== count) throw refused(`signers: got ${signers.length}, want ${count}`);
}

/**
 * @param {SignerRef | undefined} signer
 * @param {VerifierKey} vkey
 */
function checkSigner(signer, vkey) {
  const got = signer ? label(signer) : "none";
  if (got !== label(vkey)) throw refused(`signer: got ${got}, want ${label(vkey)}`);
}

/**
 * @param {readonly SignerRef[]} signers
 * @param {...VerifierKey} keys
 */
function checkSigners(signers, ...keys) {
  checkCount(signers, keys.length);
  for (const [place, vkey] of keys.entries()) checkSigner(signers[place], vkey);
}
