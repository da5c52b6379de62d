/**
 * Reads the vectors that pytest reads, and asserts what they want.
 */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { family, Refusal } from "../../scanner_web/verify/errors.js";

const VECTORS = new URL("../vectors/", import.meta.url);

/** Return a file under tests/vectors as text. */
export function read(path) {
  return readFileSync(new URL(path, VECTORS), "utf8");
}

/** Return the paths of the files in a folder under tests/vectors, below it too. */
export function files(folder) {
  const root = new URL(`${folder}/`, VECTORS);
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((found) =>
      found.isDirectory() ? files(`${folder}/${found.name}`) : [`${folder}/${found.name}`],
    );
}

/** Return the bytes of a hex text. */
export function hex(text) {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** Return the bytes that a case gives, as text or in hex. */
export function bytesOf(given, name) {
  const inHex = given[`${name}_hex`];
  return inHex === undefined ? new TextEncoder().encode(given[name]) : hex(inHex);
}

/** Return the code that a check is refused with, or "ok"; any other error is thrown. */
export async function outcome(check) {
  try {
    await check();
    return "ok";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    family(error.code);
    return error.code;
  }
}

/** Register one test for each case of a vector file. */
export function forEachCase(path, judge) {
  const { cases } = JSON.parse(read(path));
  assert.ok(cases.length > 0, path);
  for (const given of cases) test(`${path}: ${given.name}`, () => judge(given));
}
