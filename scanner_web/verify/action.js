/**
 * Actions: what a directory statement's body says.
 *
 * Each action has exactly the members of `docs/formats.md`; one more or one less is
 * malformed. Only the form is read here: who may do it, and whether the keys and
 * prefixes are still free, is for directory.js. Twin of `ledger/action.py`.
 */

import { encodeUtf8 } from "./encoding.js";
import { Refusal } from "./errors.js";
import { checkPrefix, parseIdentifier } from "./identifier.js";
import { checkKeyName, ED25519, parseVkey, vkeyText } from "./note.js";
import { parseTime } from "./seal.js";
import { checkPublicKey } from "./signatures.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */

/**
 * What an issuer may state: pairs of business step and disposition, as
 * {@link stepText} writes them, and dispositions it may set or unset.
 *
 * @typedef {{steps: Set<string>, persistent: Set<string>}} Rights
 */

/** @typedef {{action: "genesis", registrar: VerifierKey, ledgerKeys: VerifierKey[], recoveryCount: number, recoveryKeys: VerifierKey[], maxAgeSeconds: number}} Genesis */
/** @typedef {{action: "admit", party: string, kind: string, name: string | null, places: string[], prefixes: string[], rights: Rights}} Admit */
/** @typedef {{action: "authorize", party: string, key: VerifierKey, rights: Rights | null, until: string | null, isImporter: boolean, isOfficer: boolean, onBehalfOf: string | null}} Authorize */
/** @typedef {{action: "revoke", party: string, key: VerifierKey, suspectSince: string | null}} Revoke */
/** @typedef {{action: "rotate", registrar: VerifierKey}} Rotate */
/** @typedef {{action: "ledger-key", change: "add" | "retire", key: VerifierKey}} LedgerKey */
/** @typedef {Genesis | Admit | Authorize | Revoke | Rotate | LedgerKey} Action */

/** @typedef {{host: string, origin: string}} Names what the forms depend on besides the body */
/** @typedef {(value: Json | undefined, pointer: string, names: Names) => Promise<VerifierKey>} ReadKey */

/** Subject of statements about the registrar's and the ledger's keys. */
export const REGISTRAR = "registrar";

const MIN_AGE_SECONDS = 60;
const MAX_NAME_BYTES = 256;
const MAX_RECOVERY = 15;
const NATURAL_PERSONS = new Set(["household", "person"]);
const KIND = /^[a-z]+(-[a-z]+)*$/;
const WORD = /^[a-z]+(_[a-z]+)*$/;
const PARTY = /^[a-z0-9-]+$/;

/** @type {Map<Json | undefined, (body: JsonObject, names: Names) => Promise<Action>>} */
const READERS = new Map(
  /** @type {[Json, (body: JsonObject, names: Names) => Promise<Action>][]} */ ([
    ["admit", readAdmit],
    ["authorize", readAuthorize],
    ["genesis", readGenesis],
    ["ledger-key", readLedgerKey],
    ["revoke", readRevoke],
    ["rotate", readRotate],
  ]),
);

/**
 * Return the action that a parsed canonical body describes; throws `statement-format`
 * with a pointer.
 *
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<Action>}
 */
export async function parseAction(body, names) {
  const read = READERS.get(body.action);
  if (!read) throw malformed("/action", `want one of ${[...READERS.keys()].join(", ")}`);
  return read(body, names);
}

/**
 * Return the key that signs the statement which first names it, if there is one.
 *
 * @param {Action} action
 * @returns {VerifierKey | null}
 */
export function introducedKey(action) {
  if (action.action === "genesis" || action.action === "rotate") return action.registrar;
  return action.action === "authorize" ? action.key : null;
}

/**
 * Return the subjects of a directory statement, sorted, each once.
 *
 * @param {Action} action
 * @returns {string[]}
 */
export function actionSubjects(action) {
  switch (action.action) {
    case "admit":
    case "revoke":
      return [action.party];
    case "authorize":
      // Party ids are ASCII, so code units sort as code points.
      return action.onBehalfOf === null ? [action.party] : [action.party, action.onBehalfOf].sort();
    default:
      return [REGISTRAR];
  }
}

/**
 * Return a business step with its disposition, or none, as one text.
 *
 * @param {string} step
 * @param {string | null} disposition
 * @returns {string}
 */
export function stepText(step, disposition) {
  return `${step} ${disposition === null ? "-" : disposition}`;
}

/**
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<Genesis>}
 */
async function readGenesis(body, names) {
  checkMembers(body, "", ["action", "ledger_keys", "max_age_seconds", "recovery", "registrar"]);
  const recovery = asObject(body.recovery, "/recovery");
  checkMembers(recovery, "/recovery", ["k", "keys"]);
  const recoveryKeys = await readKeys(recovery.keys, "/recovery/keys", readVkey, names);
  const most = Math.min(recoveryKeys.length, MAX_RECOVERY);
  const ledgerKeys = await readKeys(body.ledger_keys, "/ledger_keys", readLedgerVkey, names);
  if (ledgerKeys.length === 0) throw malformed("/ledger_keys", "want at least one");
  return {
    action: "genesis",
    registrar: await readVkey(body.registrar, "/registrar"),
    ledgerKeys,
    recoveryCount: asInteger(recovery.k, "/recovery/k", Math.min(1, most), most),
    recoveryKeys,
    maxAgeSeconds: asInteger(body.max_age_seconds, "/max_age_seconds", MIN_AGE_SECONDS, Infinity),
  };
}

/**
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<Admit>}
 */
async function readAdmit(body, names) {
  checkMembers(body, "", ["action", "kind", "party", "places", "prefixes", "rights"], ["name"]);
  const kind = matching(body.kind, "/kind", KIND);
  const name = Object.hasOwn(body, "name") ? asText(body.name, "/name") : null;
  if (name !== null) {
    if (NATURAL_PERSONS.has(kind)) throw malformed("/name", `a ${kind} has none in the ledger`);
    if (name === "" || encodeUtf8(name).length > MAX_NAME_BYTES) {
      throw malformed("/name", `want 1 to ${MAX_NAME_BYTES} bytes`);
    }
  }
  return {
    action: "admit",
    party: readParty(body.party, "/party", names),
    kind,
    name,
    places: each(body.places, "/places", (value, at) => readPlace(value, at, names)),
    prefixes: each(body.prefixes, "/prefixes", (value, at) => readPrefix(value, at, names)),
    rights: readRights(body.rights, "/rights"),
  };
}

/**
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<Authorize>}
 */
async function readAuthorize(body, names) {
  const optional = ["importer", "officer", "on_behalf_of", "rights", "until"];
  checkMembers(body, "", ["action", "key", "party"], optional);
  const party = readParty(body.party, "/party", names);
  const other = body.on_behalf_of;
  const onBehalfOf = other === undefined ? null : readParty(other, "/on_behalf_of", names);
  if (onBehalfOf === party) throw malformed("/on_behalf_of", "the party itself");
  return {
    action: "authorize",
    party,
    key: await readVkey(body.key, "/key"),
    rights: body.rights === undefined ? null : readRights(body.rights, "/rights"),
    until: body.until === undefined ? null : readTime(body.until, "/until"),
    isImporter: readClaim(body.importer, "/importer"),
    isOfficer: readClaim(body.officer, "/officer"),
    onBehalfOf,
  };
}

/**
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<Revoke>}
 */
async function readRevoke(body, names) {
  checkMembers(body, "", ["action", "key", "party"], ["suspect_since"]);
  const since = body.suspect_since;
  return {
    action: "revoke",
    party: readParty(body.party, "/party", names),
    key: await readVkey(body.key, "/key"),
    suspectSince: since === undefined ? null : readTime(since, "/suspect_since"),
  };
}

/**
 * @param {JsonObject} body
 * @returns {Promise<Rotate>}
 */
async function readRotate(body) {
  checkMembers(body, "", ["action", "registrar"]);
  return { action: "rotate", registrar: await readVkey(body.registrar, "/registrar") };
}

/**
 * @param {JsonObject} body
 * @param {Names} names
 * @returns {Promise<LedgerKey>}
 */
async function readLedgerKey(body, names) {
  const change = Object.hasOwn(body, "add") ? "add" : "retire";
  checkMembers(body, "", ["action", change]);
  const key = await readLedgerVkey(body[change], `/${change}`, names);
  return { action: "ledger-key", change, key };
}

/**
 * @param {string} pointer
 * @param {string} reason
 * @returns {Refusal}
 */
function malformed(pointer, reason) {
  return new Refusal("statement-format", `${pointer.slice(1) || "body"}: ${reason}`, pointer);
}

/**
 * Return what a parser returns; what it refuses makes the member malformed.
 *
 * @template T
 * @param {string} pointer
 * @param {() => T} parse
 * @returns {T}
 */
function asMember(pointer, parse) {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw malformed(pointer, error.message);
  }
}

/**
 * @param {JsonObject} value
 * @param {string} pointer
 * @param {string[]} required
 * @param {string[]} [optional]
 */
function checkMembers(value, pointer, required, optional = []) {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) throw malformed(pointer, `member ${name} is missing`);
  }
  // In canonical order, which names that are numbers do not keep.
  for (const name of Object.keys(value).sort()) {
    if (required.includes(name) || optional.includes(name)) continue;
    const escaped = name.replaceAll("~", "~0").replaceAll("/", "~1");
    throw malformed(`${pointer}/${escaped}`, "unknown member");
  }
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {JsonObject}
 */
function asObject(value, pointer) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw malformed(pointer, "want an object");
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {string}
 */
function asText(value, pointer) {
  if (typeof value !== "string") throw malformed(pointer, "want a text");
  return value;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {RegExp} pattern
 * @returns {string}
 */
function matching(value, pointer, pattern) {
  const text = asText(value, pointer);
  if (!pattern.test(text)) throw malformed(pointer, `want ${pattern.source}`);
  return text;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {number} least
 * @param {number} most
 * @returns {number}
 */
function asInteger(value, pointer, least, most) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw malformed(pointer, `want an integer from ${least} to ${most}`);
}

/**
 * Absent is the one spelling of false.
 *
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {boolean}
 */
function readClaim(value, pointer) {
  if (value !== undefined && value !== true) throw malformed(pointer, "want true, or no such member");
  return value === true;
}

/**
 * Return the items of an array, each read; none is there twice.
 *
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {(item: Json, pointer: string) => string} read
 * @returns {string[]}
 */
function each(value, pointer, read) {
  if (!Array.isArray(value)) throw malformed(pointer, "want an array");
  /** @type {Set<string>} */
  const items = new Set();
  for (const [place, item] of value.entries()) {
    const got = read(item, `${pointer}/${place}`);
    if (items.has(got)) throw malformed(`${pointer}/${place}`, "the same twice");
    items.add(got);
  }
  return [...items];
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {ReadKey} read
 * @param {Names} names
 * @returns {Promise<VerifierKey[]>}
 */
async function readKeys(value, pointer, read, names) {
  if (!Array.isArray(value)) throw malformed(pointer, "want an array");
  /** @type {Map<string, VerifierKey>} */
  const keys = new Map();
  for (const [place, item] of value.entries()) {
    const at = `${pointer}/${place}`;
    const key = await read(item, at, names);
    if (keys.has(vkeyText(key))) throw malformed(at, "the same twice");
    keys.set(vkeyText(key), key);
  }
  return [...keys.values()];
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Rights}
 */
function readRights(value, pointer) {
  const rights = asObject(value, pointer);
  checkMembers(rights, pointer, ["persistent", "steps"]);
  const steps = each(rights.steps, `${pointer}/steps`, readStep);
  const words = each(rights.persistent, `${pointer}/persistent`, (word, at) =>
    matching(word, at, WORD),
  );
  return {
    steps: new Set(steps),
    persistent: new Set(words),
  };
}

/**
 * @param {Json} value
 * @param {string} pointer
 * @returns {string}
 */
function readStep(value, pointer) {
  if (!Array.isArray(value) || value.length !== 2) {
    throw malformed(pointer, "want a business step and a disposition or null");
  }
  const step = matching(value[0], `${pointer}/0`, WORD);
  const disposition = value[1] === null ? null : matching(value[1], `${pointer}/1`, WORD);
  return stepText(step, disposition);
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Promise<VerifierKey>}
 */
async function readVkey(value, pointer) {
  const text = asText(value, pointer);
  try {
    const vkey = await parseVkey(text);
    checkKeyName(vkey.name);
    checkPublicKey(vkey.key);
    if (vkey.kind === ED25519) return vkey;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw malformed(pointer, error.message);
  }
  throw malformed(pointer, `want a key of type ${ED25519}`);
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {Names} names
 * @returns {Promise<VerifierKey>}
 */
async function readLedgerVkey(value, pointer, { origin }) {
  const vkey = await readVkey(value, pointer);
  if (vkey.name !== origin) {
    throw malformed(pointer, `got a key named ${vkey.name}, want ${origin}`);
  }
  return vkey;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {Names} names
 * @returns {string}
 */
function readParty(value, pointer, { host }) {
  const text = asText(value, pointer);
  const beginning = `https://${host}/id/party/`;
  if (!text.startsWith(beginning) || !PARTY.test(text.slice(beginning.length))) {
    throw malformed(pointer, `want ${beginning} and ${PARTY.source}`);
  }
  return text;
}

/**
 * @param {Json} value
 * @param {string} pointer
 * @param {Names} names
 * @returns {string}
 */
function readPlace(value, pointer, { host }) {
  const text = asText(value, pointer);
  asMember(pointer, () => parseIdentifier(text, { host }));
  return text;
}

/**
 * @param {Json} value
 * @param {string} pointer
 * @param {Names} names
 * @returns {string}
 */
function readPrefix(value, pointer, { host }) {
  const text = asText(value, pointer);
  asMember(pointer, () => checkPrefix(text, { host }));
  return text;
}

/**
 * @param {Json} value
 * @param {string} pointer
 * @returns {string}
 */
function readTime(value, pointer) {
  const text = asText(value, pointer);
  asMember(pointer, () => parseTime(text));
  return text;
}
