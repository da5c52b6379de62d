/**
 * The one spelling of bytes, integers and JSON texts.
 *
 * Parsing is exact: what is parsed is written again and compared, so two texts never
 * mean the same. JSON is RFC 8785 with the smaller numbers of `docs/formats.md`. Twin of
 * `ledger/encoding.py`.
 */

import { Refusal } from "./errors.js";

/** @typedef {null | boolean | number | string | JsonArray | JsonObject} Json */
/** @typedef {Json[]} JsonArray */
/** @typedef {{[name: string]: Json}} JsonObject */

const MAX_DEPTH = 32;
const NUMBER = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?$/;
const FORBIDDEN_NAMES = new Set(["__proto__", "constructor", "prototype"]);
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const MAX_INTEGER = BigInt("9223372036854775807");

const encoder = new TextEncoder();
// A byte order mark is a character like any other: it must not vanish unseen.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Return the UTF-8 bytes of a text.
 *
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeUtf8(text) {
  return encoder.encode(text);
}

/**
 * Return the text of UTF-8 bytes; throws `encoding`.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decodeUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal("encoding", "text: not UTF-8");
  }
}

/**
 * Return bytes in lowercase hex; two byte strings are the same if their hex is.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * Return the bytes one after the other.
 *
 * @param {...Uint8Array} parts
 * @returns {Uint8Array}
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Return the 8 big-endian bytes of a whole number from 0 to 2^53 − 1.
 *
 * @param {number} value
 * @returns {Uint8Array}
 */
export function uint64(value) {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 0x100000000));
  view.setUint32(4, value % 0x100000000);
  return bytes;
}

/**
 * Return bytes in padded standard base64.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encodeBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Return the bytes of padded standard base64 in its one spelling; throws `encoding`.
 *
 * @param {string} text
 * @param {number} [length] how many bytes there must be
 * @returns {Uint8Array}
 */
export function decodeBase64(text, length) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    throw new Refusal("encoding", "base64: not in the alphabet, or not padded");
  }
  // atob forgives white space, missing padding and stray bits; the comparison does not.
  if (btoa(binary) !== text) throw new Refusal("encoding", "base64: another spelling");
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (length !== undefined && bytes.length !== length) {
    throw new Refusal("encoding", `base64: got ${bytes.length} bytes, want ${length}`);
  }
  return bytes;
}

/**
 * Return a whole number written in decimal without leading zeros; throws `encoding`.
 *
 * The format allows up to 2^63 − 1. What lies beyond 2^53 cannot be counted exactly
 * here: true or false, this verifier cannot tell, and throws `cannot-check`.
 *
 * @param {string} text
 * @returns {number}
 */
export function parseInteger(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_INTEGER) {
    throw new Refusal("encoding", "integer: want 0|[1-9][0-9]* up to 2^63 - 1");
  }
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new Refusal("cannot-check", `integer: got ${text}, want at most 2^53 - 1`);
  }
  return value;
}

/**
 * @param {string} text
 * @returns {string}
 */
function canonicalString(text) {
  if (LONE_SURROGATE.test(text)) throw new Refusal("encoding", "string: lone surrogate");
  return JSON.stringify(text);
}

/**
 * @param {number} value
 * @returns {string}
 */
function canonicalNumber(value) {
  const text = Object.is(value, -0) ? "-0" : String(value);
  const significant = text.replace(/^-?0*\.?0*/, "").replace(".", "");
  if (!NUMBER.test(text) || text === "-0" || significant.length > 15) {
    throw new Refusal("encoding", `number: got ${text}`);
  }
  return text;
}

/**
 * @param {Json} value
 * @param {number} depth
 * @returns {string}
 */
function canonicalText(value, depth) {
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (depth > MAX_DEPTH) throw new Refusal("encoding", "nesting: more than 32");
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  }
  // sort() compares UTF-16 code units, which is the order of RFC 8785.
  const members = Object.keys(value).sort().map((name) => {
    if (FORBIDDEN_NAMES.has(name)) throw new Refusal("encoding", `member: got ${name}`);
    const member = canonicalText(/** @type {Json} */ (value[name]), depth + 1);
    return `${canonicalString(name)}:${member}`;
  });
  return `{${members.join(",")}}`;
}

/**
 * Return the canonical JSON text of a value; throws `encoding`.
 *
 * @param {Json} value
 * @returns {string}
 */
export function canonical(value) {
  return canonicalText(value, 1);
}

/**
 * Return the object that a canonical JSON text spells; throws `encoding`.
 *
 * A number keeps its text: within the grammar, `String(number)` is the canonical text.
 *
 * @param {Uint8Array} bytes
 * @returns {JsonObject}
 */
export function parseCanonical(bytes) {
  const text = decodeUtf8(bytes);
  /** @type {Json} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("encoding", "JSON: does not parse");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("encoding", "JSON: want an object");
  }
  // Duplicate members, other orders, escapes and numbers all differ here.
  if (canonical(value) !== text) throw new Refusal("encoding", "JSON: not canonical");
  return value;
}
