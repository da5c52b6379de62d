/**
 * The one Ed25519 rule: which signatures hold, the same for every verifier.
 *
 * Libraries disagree about crafted keys and signatures, so what splits them is refused
 * before any library is asked: a signature that is not 64 bytes, S not below L, a key
 * that is not canonical, and a key or R of low order (C2SP CCTV lists the 14
 * encodings). Then WebCrypto verifies if it passes a known-answer test, else the points
 * of the vendored @noble/ed25519 by the same equation. Twin of `ledger/signatures.py`.
 */

import { concat, decodeBase64, encodeUtf8, toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { pickDigest } from "./hash.js";

/** @typedef {import("../vendor/noble-ed25519/index.js").Point} Point */
/** @typedef {typeof import("../vendor/noble-ed25519/index.js").Point} Points */
/** @typedef {(key: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>} Verify */

/** The field prime 2^255 − 19 and the group order, in hex, most significant first. */
const P = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
const L = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

/** The 14 encodings of low order without the sign bit, which makes two of each. */
const LOW_ORDER = new Set([
  "0".repeat(64),
  "0".repeat(63) + "1",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
  P.slice(0, 62) + "ec",
  P,
  P.slice(0, 62) + "ee",
]);

/**
 * Return the y coordinate of an encoded point, in hex, most significant first.
 *
 * @param {Uint8Array} point 32 bytes
 * @returns {string}
 */
function coordinate(point) {
  const bytes = Uint8Array.from(point).reverse();
  bytes[0] = /** @type {number} */ (bytes[0]) & 0x7f;
  return toHex(bytes);
}

/**
 * Check that a public key may be bound and may verify; throws `signature`.
 *
 * @param {Uint8Array} key
 */
export function checkPublicKey(key) {
  if (key.length !== 32) {
    throw new Refusal("signature", `key: got ${key.length} bytes, want 32`);
  }
  if (LOW_ORDER.has(coordinate(key))) throw new Refusal("signature", "key: low order");
  if (coordinate(key) >= P) throw new Refusal("signature", "key: not canonical");
}

/**
 * Return a verifier that uses WebCrypto; a key it will not import verifies nothing.
 *
 * @param {SubtleCrypto} subtle
 * @returns {Verify}
 */
function nativeVerify(subtle) {
  const ed25519 = /** @type {const} */ ({ name: "Ed25519" });
  // A few keys sign most of what there is, and to import one takes as long as to verify.
  /** @type {Map<string, Promise<CryptoKey>>} */
  const imported = new Map();
  return async (key, message, signature) => {
    const raw = /** @type {BufferSource} */ (key);
    const signed = /** @type {BufferSource} */ (signature);
    const text = /** @type {BufferSource} */ (message);
    const name = toHex(key);
    try {
      const known = imported.get(name) || subtle.importKey("raw", raw, ed25519, false, ["verify"]);
      imported.set(name, known);
      return await subtle.verify(ed25519, await known, signed, text);
    } catch {
      return false;
    }
  };
}

/**
 * Return a verifier that uses a library's points: RFC 8032, 5.1.7, without the cofactor.
 *
 * What is compared are the bytes of R and of S·B − k·A, as the native ones do. The
 * library's own verifier compares both times eight, and takes what they refuse.
 *
 * @param {Points} Point
 * @param {import("./hash.js").Digest} sha512
 * @returns {Verify}
 */
export function verifyWith(Point, sha512) {
  /** @type {Map<string, Point | null>} the negative of each key, null if it is no point */
  const negated = new Map();
  const order = BigInt(`0x${L}`);
  return async (key, message, signature) => {
    const name = toHex(key);
    let point = negated.get(name);
    if (point === undefined) {
      try {
        point = Point.fromBytes(key).negate();
      } catch {
        point = null;
      }
      negated.set(name, point);
    }
    if (point === null) return false;
    const r = signature.subarray(0, 32);
    const k = numberOf(await sha512(concat(r, key, message))) % order;
    const s = numberOf(signature.subarray(32));
    const sum = Point.BASE.multiplyUnsafe(s).add(point.multiplyUnsafe(k));
    return toHex(sum.toBytes()) === toHex(r);
  };
}

/**
 * Return the number that bytes spell, least significant first.
 *
 * @param {Uint8Array} bytes
 * @returns {bigint}
 */
function numberOf(bytes) {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/**
 * Return whether a verifier knows RFC 8032, test 2, and sees another message.
 *
 * @param {Verify} verify
 * @returns {Promise<boolean>}
 */
async function knowsAnswer(verify) {
  const key = decodeBase64("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
  const signature = decodeBase64(
    "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA==",
  );
  return (
    (await verify(key, encodeUtf8("r"), signature)) &&
    !(await verify(key, encodeUtf8("s"), signature))
  );
}

/**
 * Return the native Ed25519 if it passes a known-answer test, else the vendored one if
 * that does. An engine in which neither does cannot check, and says nothing of the goods.
 *
 * @param {SubtleCrypto | undefined} subtle
 * @returns {Promise<Verify>}
 */
export async function pickVerify(subtle) {
  if (subtle) {
    const native = nativeVerify(subtle);
    if (await knowsAnswer(native)) return native;
  }
  const { Point } = await import("../vendor/noble-ed25519/index.js");
  const vendored = verifyWith(Point, await pickDigest(subtle, "SHA-512"));
  if (!(await knowsAnswer(vendored))) throw new Error("Ed25519: this engine gets it wrong");
  return vendored;
}

// Chosen before there is anything to verify: what stands in for WebCrypto comes, and
// warms up, while the evidence is still on its way.
const picked = pickVerify(globalThis.crypto && globalThis.crypto.subtle);
picked.catch(() => {
  // Who verifies hears of it.
});

/**
 * Check a signature by the one Ed25519 rule; throws `signature`.
 *
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<void>}
 */
export async function verifySignature(key, message, signature) {
  checkPublicKey(key);
  if (signature.length !== 64) {
    throw new Refusal("signature", `signature: got ${signature.length} bytes, want 64`);
  }
  if (LOW_ORDER.has(coordinate(signature.subarray(0, 32)))) {
    throw new Refusal("signature", "signature: R of low order");
  }
  if (toHex(Uint8Array.from(signature.subarray(32)).reverse()) >= L) {
    throw new Refusal("signature", "signature: S is not below L");
  }
  if (!(await (await picked)(key, message, signature))) {
    throw new Refusal("signature", "signature: does not verify");
  }
}
