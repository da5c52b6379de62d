/**
 * The only module that asks the network, and only the page's own origin.
 *
 * What comes back is bytes for the verifier. That nothing comes back, or something that
 * no ledger sends, says nothing about the goods: it is "cannot check", never "not
 * verified".
 */

import { loadSums } from "./whole.js";

/** When this phone kept what it had no connection for. @type {string | null} */
let kept = null;

/** @returns {string | null} */
export function keptAt() {
  return kept;
}

/** @typedef {{bytes: Uint8Array<ArrayBuffer>, mediaType: string}} Heard */

/** What the first verdict is made from, by path. @type {Map<string, Heard>} */
const heard = new Map();

/** @returns {ReadonlyMap<string, Heard>} */
export function heardFirst() {
  return heard;
}

const TIMEOUT_MS = 60_000;
/** More levels than any chain of goods has: all of them. */
const ALL_LEVELS = 100;
const LANGUAGES = ["zh", "ug", "kk", "en"];

/** Say that the network, or the server, gave nothing to judge. */
export class LoadFailure extends Error {
  /**
   * @param {"network" | "not-found" | "label"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "LoadFailure";
    this.code = code;
  }
}

/**
 * Return the passport of a subject as this server first gives it.
 *
 * @param {string} subject
 * @param {number | null} label size of the tree that a label was printed from
 * @returns {Promise<Uint8Array>}
 */
export function loadPassport(subject, label) {
  return hear(passportPath(subject, label), "application/json");
}

/**
 * Return where the passport of a subject is.
 *
 * @param {string} subject
 * @param {number | null} label size of the tree that a label was printed from
 * @returns {string}
 */
export function passportPath(subject, label) {
  return `/passport?${queryFor(subject, label)}`;
}

/**
 * Return the passport of a subject with every source that this server gives.
 *
 * @param {string} subject
 * @param {number | null} label size of the tree that a label was printed from
 * @returns {Promise<Uint8Array>}
 */
export function loadWholePassport(subject, label) {
  const query = `${queryFor(subject, label)}&levels=${ALL_LEVELS}`;
  return load(`/passport?${query}`, "application/json");
}

/**
 * @param {string} subject
 * @param {number | null} label
 * @returns {string}
 */
function queryFor(subject, label) {
  const query = `subject=${encodeURIComponent(subject)}`;
  return label === null ? query : `${query}&label=${label}`;
}

/**
 * Return what this server keeps of what a party has shown of itself.
 *
 * @param {string} subject
 * @returns {Promise<Uint8Array>}
 */
export function loadDisclosures(subject) {
  return load(`/disclosures?subject=${encodeURIComponent(subject)}`, "application/json");
}

/**
 * Return the policy that this server suggests.
 *
 * @returns {Promise<Uint8Array>}
 */
export function loadPolicy() {
  return hear("/policy", "text/plain");
}

/**
 * Return the words of a language. They come with the script, not with the page: who
 * changes the page alone cannot make it say something else of the verdict.
 *
 * @param {string} lang
 * @returns {Promise<Readonly<Record<string, string>>>}
 */
export function loadWords(lang) {
  return loadTexts(lang, "");
}

/**
 * Return the words that a first verdict does not need, if it is a good one.
 *
 * @param {string} lang
 * @returns {Promise<Readonly<Record<string, string>>>}
 */
export function loadLaterWords(lang) {
  return loadTexts(lang, ".later");
}

/**
 * Return what checks and shows all that the first verdict leaves open.
 *
 * @returns {Promise<typeof import("./rest.js")>}
 */
export async function loadRest() {
  try {
    const [rest] = await Promise.all([import("./rest.js"), loadSums()]);
    return rest;
  } catch (error) {
    throw new LoadFailure("network", String(error));
  }
}

/**
 * @param {string} lang
 * @param {string} part
 * @returns {Promise<Readonly<Record<string, string>>>}
 */
async function loadTexts(lang, part) {
  const known = LANGUAGES.includes(lang) ? lang : "en";
  const bytes = await hear(`/assets/words/${known}${part}.json`, "application/json");
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new LoadFailure("network", `words: ${String(error)}`);
  }
}

/**
 * Return what was asked for before this script was there, once.
 *
 * @param {string} path
 * @returns {Window["early"] | null}
 */
function taken(path) {
  const { early } = window;
  if (!early || early.path !== path) return null;
  delete window.early;
  return early;
}

/**
 * @param {string} path
 * @param {string} mediaType
 * @returns {Promise<Uint8Array>} what is kept with a page that holds
 */
async function hear(path, mediaType) {
  const bytes = await load(path, mediaType);
  heard.set(path, { bytes, mediaType });
  return bytes;
}

/**
 * @param {string} path
 * @param {string} mediaType what a portal's sign-in page, say, does not have
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function load(path, mediaType) {
  const early = taken(path);
  const abort = early ? early.abort : new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const answer = await (early ? early.answer : fetch(path, { redirect: "error", signal: abort.signal }));
    if (answer.status === 404) throw new LoadFailure("not-found", `${path}: 404`);
    // Of all that is asked here, only a label can be none of the server's.
    if (answer.status === 422) throw new LoadFailure("label", `${path}: 422`);
    kept = answer.headers.get("x-kept") || kept;
    const got = (answer.headers.get("content-type") || "").split(";")[0];
    if (!answer.ok || got !== mediaType) {
      throw new LoadFailure("network", `${path}: got ${answer.status} ${got}`);
    }
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    if (error instanceof LoadFailure) throw error;
    throw new LoadFailure("network", `${path}: ${String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}
