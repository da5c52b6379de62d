/**
 * SHA-256 and SHA-512 (FIPS 180-4), by the browser where it has them and gets them right.
 *
 * A page on plain http has no `crypto.subtle`: then, and only then, the vendored
 * @noble/hashes is loaded. Twin of `hashlib.sha256` in the ledger's modules.
 */

import { encodeUtf8, toHex } from "./encoding.js";

/** @typedef {(data: Uint8Array) => Promise<Uint8Array>} Digest */

/** What "abc" begins with, hashed. */
const ABC = { "SHA-256": "ba7816bf8f01cfea", "SHA-512": "ddaf35a193617aba" };

/**
 * Return the native digest if it knows the digest of "abc", else the vendored one.
 *
 * @param {SubtleCrypto | undefined} subtle
 * @param {"SHA-256" | "SHA-512"} [name]
 * @returns {Promise<Digest>}
 */
export async function pickDigest(subtle, name = "SHA-256") {
  if (subtle) {
    /** @type {Digest} */
    const native = async (data) => {
      const source = /** @type {BufferSource} */ (data);
      return new Uint8Array(await subtle.digest(name, source));
    };
    try {
      if (toHex(await native(encodeUtf8("abc"))).startsWith(ABC[name])) return native;
    } catch {
      // A digest that fails is one that is not there.
    }
  }
  const { sha256: vendored, sha512 } = await import("../vendor/noble-hashes/sha2.js");
  const digest = name === "SHA-256" ? vendored : sha512;
  return async (data) => digest(data);
}

/** @type {Promise<Digest> | undefined} */
let picked;

/**
 * Return the SHA-256 of bytes.
 *
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array>}
 */
export async function sha256(data) {
  if (!picked) picked = pickDigest(globalThis.crypto && globalThis.crypto.subtle);
  return (await picked)(data);
}
