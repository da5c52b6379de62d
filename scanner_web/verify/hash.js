/**
 * SHA-256 (FIPS 180-4), by the browser where it has it and gets it right.
 *
 * A page on plain http has no `crypto.subtle`: then, and only then, the vendored
 * @noble/hashes is loaded. Twin of `hashlib.sha256` in the ledger's modules.
 */

import { encodeUtf8, toHex } from "./encoding.js";

/** @typedef {(data: Uint8Array) => Promise<Uint8Array>} Digest */

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/**
 * Return the native digest if it knows the digest of "abc", else the vendored one.
 *
 * @param {SubtleCrypto | undefined} subtle
 * @returns {Promise<Digest>}
 */
export async function pickDigest(subtle) {
  if (subtle) {
    /** @type {Digest} */
    const native = async (data) => {
      const source = /** @type {BufferSource} */ (data);
      return new Uint8Array(await subtle.digest("SHA-256", source));
    };
    try {
      if (toHex(await native(encodeUtf8("abc"))) === ABC) return native;
    } catch {
      // A digest that fails is one that is not there.
    }
  }
  const { sha256: vendored } = await import("../vendor/noble-hashes/sha2.js");
  return async (data) => vendored(data);
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
