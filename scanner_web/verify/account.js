/**
 * What one statement about goods tells, for whatever sums up many of them.
 *
 * A script makes accounts from what it has verified, a server from a passport as it
 * reads it, so both sum up the same. Twin of `ledger/account.py`.
 */

/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./flags.js").Flag} Flag */

/**
 * What one statement about members of a closure tells.
 *
 * @typedef {object} Account
 * @property {number} index where the statement is
 * @property {Event} event what was signed
 * @property {readonly string[]} parties of the signers, the issuer's first
 * @property {readonly string[]} about the members that it is about, in their order
 * @property {string} logTime the time of its closing seal; empty if not known
 * @property {readonly Flag[]} flags what is odd about it
 * @property {number} signers how many keys signed it
 * @property {boolean} isApart nobody who signed it has a say about any of these members
 * @property {number | null} declaredBy the statement that takes it back as an error
 */

/**
 * Tell whether it enters sums: it is not apart, taken back or a taking back.
 *
 * @param {Account} account
 * @returns {boolean}
 */
export function counts({ event, isApart, declaredBy }) {
  return !isApart && declaredBy === null && !event.isErrorDeclaration;
}
