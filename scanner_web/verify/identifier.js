/**
 * Identifiers of goods, places and parties, each with exactly one spelling.
 *
 * GS1 keys are the constrained Digital Link URIs of CBV 2.0 (section 8); a ledger's own
 * are `https://<host>/id/` and segments. Any other spelling is malformed. Twin of
 * `ledger/identifier.py`.
 */

import { Refusal } from "./errors.js";

/**
 * What a text names: `kind` is the word for the form, `own` for the ledger's own;
 * `parts` are the values without percent-encoding, the key first, or the segments.
 *
 * @typedef {{text: string, kind: string, parts: string[]}} Identifier
 */

/** @typedef {(value: string) => boolean} Rule */

const GS1 = "https://id.gs1.org/";
const SPELLED = /^([!-$&-~]|%[0-9A-Fa-f]{2})+$/;
const SEGMENT = /^[a-z0-9._~-]+$/;

// GS1 General Specifications, figures 7.11-1 and 7.11-2.
const CSET_82 = "[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]";
const CSET_39 = "[#/0-9A-Z-]";

/** @type {(start: number, end: number) => Rule} */
const hasCheckDigit = (start, end) => (value) =>
  checkDigit(value.slice(start, end - 1)) === value[end - 1];

/** An ITIP has its check digit and counts 1 <= piece <= total. @type {Rule} */
const isPieceOfTotal = (value) =>
  hasCheckDigit(0, 14)(value) &&
  value.slice(14, 16) >= "01" &&
  value.slice(14, 16) <= value.slice(16);

/** @type {(pattern: string, holds?: Rule) => [RegExp, Rule]} */
const field = (pattern, holds = () => true) => [new RegExp(`^${pattern}$`), holds];

const TEXT_20 = field(`${CSET_82}{1,20}`);

/** @type {Map<string, [RegExp, Rule]>} */
const FIELDS = new Map([
  ["00", field("\\d{18}", hasCheckDigit(0, 18))],
  ["01", field("\\d{14}", hasCheckDigit(0, 14))],
  ["10", TEXT_20],
  ["21", TEXT_20],
  ["235", field(`${CSET_82}{1,28}`)],
  ["253", field(`\\d{13}${CSET_82}{0,17}`, hasCheckDigit(0, 13))],
  ["254", TEXT_20],
  ["255", field("\\d{13,25}", hasCheckDigit(0, 13))],
  ["401", field(`\\d{4}${CSET_82}{0,26}`)],
  ["402", field("\\d{17}", hasCheckDigit(0, 17))],
  ["414", field("\\d{13}", hasCheckDigit(0, 13))],
  ["417", field("\\d{13}", hasCheckDigit(0, 13))],
  ["8003", field(`0\\d{13}${CSET_82}{0,16}`, hasCheckDigit(1, 14))],
  ["8004", field(`\\d{4}${CSET_82}{0,26}`)],
  ["8006", field("\\d{18}", isPieceOfTotal)],
  ["8010", field(`\\d{4}${CSET_39}{0,26}`)],
  ["8011", field("[1-9]\\d{0,11}")],
  ["8017", field("\\d{18}", hasCheckDigit(0, 18))],
  ["8018", field("\\d{18}", hasCheckDigit(0, 18))],
]);

/** The key forms of CBV 2.0, and the word for each. */
export const KINDS = new Map([
  ["01", "trade-item"],
  ["01/10", "lot"],
  ["01/21", "serial"],
  ["01/235", "pack"],
  ["00", "logistic-unit"],
  ["414", "location"],
  ["414/254", "sublocation"],
  ["417", "party"],
  ["8003", "returnable-asset"],
  ["8004", "asset"],
  ["8006", "piece"],
  ["8006/10", "piece-lot"],
  ["8006/21", "piece-serial"],
  ["8010", "component"],
  ["8010/8011", "component-serial"],
  ["8017", "service-provider"],
  ["8018", "service-recipient"],
  ["253", "document"],
  ["255", "coupon"],
  ["401", "consignment"],
  ["402", "shipment"],
]);

/**
 * A serial makes one thing of a trade item, a piece or a component (CBV 2.0, 8.3); that of
 * a returnable asset, a document or a coupon follows the check digit at once.
 */
const CLASS = new RegExp(
  `^${GS1}((01/\\d{14}|8006/\\d{18})(/10/[^/]+)?|8010/[^/]+|8003/\\d{14}|25[35]/\\d{13})$`,
);

/**
 * Return the GS1 check digit that belongs after these digits.
 *
 * Weights are 3 and 1 in turn, starting with 3 at the right end.
 *
 * @param {string} digits
 * @returns {string}
 */
export function checkDigit(digits) {
  let total = 0;
  let weight = 3;
  for (let place = digits.length - 1; place >= 0; place -= 1) {
    total += Number(digits[place]) * weight;
    weight = 4 - weight;
  }
  return String((10 - (total % 10)) % 10);
}

/**
 * Parse an identifier in its one spelling; throws `identifier`.
 *
 * @param {string} text
 * @param {{host: string}} ledger the host of the ledger's origin
 * @returns {Identifier}
 */
export function parseIdentifier(text, { host }) {
  if (text.startsWith(GS1)) {
    const segments = text.slice(GS1.length).split("/");
    const keys = segments.filter((_, place) => place % 2 === 0);
    const values = segments.filter((_, place) => place % 2 === 1);
    const kind = KINDS.get(keys.join("/"));
    if (kind === undefined || keys.length !== values.length) {
      throw refusal(text, "not a key form of CBV 2.0");
    }
    const parts = values.map((value, place) => valueOf(keys[place] || "", value, text));
    return { text, kind, parts };
  }
  const own = `https://${host}/id/`;
  if (!text.startsWith(own)) throw refusal(text, `want ${GS1}… or ${own}…`);
  const parts = text.slice(own.length).split("/");
  for (const part of parts) {
    if (!SEGMENT.test(part) || part === "." || part === "..") {
      throw refusal(text, "want segments of [a-z0-9._~-]");
    }
  }
  return { text, kind: "own", parts };
}

/**
 * Return whether an identifier names a class of things, of which there are many.
 *
 * @param {string} text
 * @returns {boolean}
 */
export function namesClass(text) {
  return CLASS.test(text);
}

/**
 * Read what a page's path names, the most precise first; throws `identifier`.
 *
 * A code on a pack names a lot and a serial in one path, which no identifier does; this
 * gives the serial, then the lot. Values are decoded and written anew.
 *
 * @param {string} rawPath still percent-encoded, from the first slash
 * @param {{host: string}} ledger the host of the ledger's origin
 * @returns {Identifier[]}
 */
export function identifiersFromPath(rawPath, { host }) {
  if (rawPath.startsWith("/id/")) {
    return [parseIdentifier(`https://${host}${rawPath}`, { host })];
  }
  const segments = rawPath.split("/").slice(1);
  if (!rawPath.startsWith("/") || segments.length % 2 !== 0) {
    throw refusal(rawPath, "want a value after every key");
  }
  /** @type {string[]} */
  const pairs = [];
  const keys = segments.filter((_, place) => place % 2 === 0);
  keys.forEach((key, place) => {
    pairs.push(`${key}/${quote(decode(segments[place * 2 + 1] || "", rawPath))}`);
  });
  const [item, lot, serial] = pairs;
  const forms =
    keys.join("/") === "01/10/21" ? [`${item}/${serial}`, `${item}/${lot}`] : [pairs.join("/")];
  return forms.map((form) => parseIdentifier(GS1 + form, { host }));
}

/**
 * Check that a text is the beginning of identifiers, cut before a slash; throws
 * `identifier`.
 *
 * @param {string} text
 * @param {{host: string}} ledger the host of the ledger's origin
 */
export function checkPrefix(text, { host }) {
  if (!text.startsWith(GS1)) {
    parseIdentifier(text, { host });
    return;
  }
  const segments = text.slice(GS1.length).split("/");
  const keys = segments.filter((_, place) => place % 2 === 0);
  const begins = `${keys.join("/")}/`;
  if (![...KINDS.keys()].some((form) => `${form}/`.startsWith(begins))) {
    throw refusal(text, "no key form of CBV 2.0 begins so");
  }
  keys.forEach((key, place) => {
    const value = segments[place * 2 + 1];
    if (value !== undefined) valueOf(key, value, text);
  });
}

/**
 * Return whether an identifier equals a prefix or lies under it.
 *
 * @param {string} text
 * @param {string} prefix
 * @returns {boolean}
 */
export function within(text, prefix) {
  return text === prefix || text.startsWith(`${prefix}/`);
}

/**
 * Return the value of one key, decoded, if it is one and in its one spelling.
 *
 * @param {string} key
 * @param {string} spelled
 * @param {string} text
 * @returns {string}
 */
function valueOf(key, spelled, text) {
  const value = decode(spelled, text);
  if (quote(value) !== spelled) throw refusal(text, `got ${spelled}, want ${quote(value)}`);
  if (value === "." || value === "..") {
    throw refusal(text, `(${key}) must not be ${value}, which browsers take away`);
  }
  const [pattern, holds] = /** @type {[RegExp, Rule]} */ (FIELDS.get(key));
  if (!pattern.test(value)) throw refusal(text, `(${key}) has a wrong length or character`);
  if (!holds(value)) throw refusal(text, `(${key}) has a wrong check digit or count`);
  return value;
}

/**
 * Take percent-encoding away.
 *
 * @param {string} spelled
 * @param {string} text
 * @returns {string}
 */
function decode(spelled, text) {
  if (!SPELLED.test(spelled)) {
    throw refusal(text, "want visible ASCII and %XX in every segment");
  }
  const value = spelled.replace(/%(..)/g, (_, byte) =>
    String.fromCharCode(parseInt(byte, 16)),
  );
  if (/[^\0-\x7f]/.test(value)) throw refusal(text, "has bytes that no GS1 value has");
  return value;
}

/**
 * Percent-encode every byte but letters, digits and `._~-`, in capitals.
 *
 * @param {string} value ASCII
 * @returns {string}
 */
function quote(value) {
  return value.replace(
    /[^A-Za-z0-9._~-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/**
 * @param {string} text
 * @param {string} reason
 * @returns {Refusal}
 */
function refusal(text, reason) {
  return new Refusal("identifier", `identifier: ${reason}: ${text.slice(0, 200)}`);
}
