/**
 * The directory: whose key is whose, and what each may do.
 *
 * It is not stored anywhere: whoever has the directory statements replays them in order
 * and has it. A statement takes effect at its own index, for larger indices. Twin of
 * `ledger/directory.py`; nothing is verified here, statement.js judges signatures and
 * action.js forms.
 */

import { introducedKey, REGISTRAR, stepText } from "./action.js";
import { Bindings, sharedRights } from "./bindings.js";
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

/** The directory after the statements applied so far. */
export class Directory extends Bindings {
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
    const authorized = /** @type {Authorize} */ (issuer);
    const rights = this.rightsOf(authorized);
    if (!rights.steps.has(stepText(event.bizStep, event.disposition))) {
      const what = `${event.bizStep} with disposition ${event.disposition}`;
      throw refused(`entry ${index}: issuer may not state ${what}`, "/bizStep");
    }
    for (const word of [...event.set, ...event.unset]) {
      if (rights.persistent.has(word)) continue;
      const message = `entry ${index}: issuer may not set or unset ${word}`;
      throw refused(message, "/persistentDisposition");
    }
    return authorized.party;
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
        return this.begin(action);
      case "admit":
        return this.putParty(index, action);
      case "authorize":
        return this.bind(index, action.key, "party", action);
      case "revoke":
        return this.end(index, action.key, action.suspectSince);
      case "rotate":
        return this.putRegistrar(index, action.registrar);
      case "ledger-key":
        if (action.change === "add") return this.bind(index, action.key, "ledger");
        return this.end(index, action.key);
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
    checkSigners(signers, this.registrar);
    for (const [place, prefix] of action.prefixes.entries()) {
      const holder = this.holderOfOverlap(prefix, action.party);
      if (holder === null) continue;
      const message = `prefix ${prefix}: equals, contains or lies in one of ${holder}`;
      throw refused(message, `/prefixes/${place}`);
    }
    return REGISTRAR;
  }

  /**
   * @param {readonly SignerRef[]} signers
   * @param {Authorize} action
   */
  checkAuthorize(signers, action) {
    const rights = this.party(action.party, "/party").rights;
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
      this.party(action.onBehalfOf, "/on_behalf_of");
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
    if (!bound || vkeyText(bound.vkey) !== vkeyText(key) || this.partyOf(key) !== party) {
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
    const { recoveryCount, recoveryKeys } = this.genesis;
    const [first] = /** @type {[SignerRef]} */ (signers);
    if (label(first) === label(this.registrar)) {
      checkSigners(signers, this.registrar, action.registrar);
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
    checkSigners(signers, this.registrar);
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
   * Return what authorised a signer's key, which is a party's and in force.
   *
   * @param {SignerRef | undefined} signer
   * @returns {Authorize}
   */
  partyKey(signer) {
    const bound = signer ? this.key(signer) : null;
    if (!signer || !bound || !bound.authorized) {
      throw refused(`signer ${signer ? label(signer) : ""}: not the key of a party`);
    }
    if (bound.endedAt !== null) {
      throw refused(`signer ${label(signer)}: revoked by entry ${bound.endedAt}`);
    }
    return bound.authorized;
  }

  /**
   * Return on whose word a signer decides for a party: registrar, or officer.
   *
   * @param {SignerRef | undefined} signer
   * @param {string} party
   * @returns {string}
   */
  decider(signer, party) {
    if (signer && label(signer) === label(this.registrar)) return REGISTRAR;
    const authorized = this.partyKey(signer);
    if (!authorized.isOfficer || authorized.party !== party) {
      throw refused(`signer: neither the registrar nor an officer of ${party}`);
    }
    return party;
  }

  /**
   * @param {VerifierKey} vkey
   * @param {string} pointer
   */
  checkFree(vkey, pointer) {
    if (this.isFree(vkey)) return;
    throw refused(`key ${label(vkey)}: bound before, and for ever`, pointer);
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
 * @returns {boolean} whether everything allowed here is allowed there
 */
function isWithin(rights, other) {
  const both = sharedRights(rights, other);
  return both.steps.size === rights.steps.size && both.persistent.size === rights.persistent.size;
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
