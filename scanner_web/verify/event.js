/**
 * What validity reads of an EPCIS 2.0 event, and nothing else of it.
 *
 * The list is closed: a verifier of today and one of ten years from now must come to one
 * answer, so word lists, units and schemas are the server's admission and not here. Twin
 * of `ledger/event.py`.
 */

import { decodeBase64 } from "./encoding.js";
import { Refusal } from "./errors.js";
import { parseIdentifier } from "./identifier.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */

/**
 * An event as far as validity reads it, and the body it was read from.
 *
 * @typedef {object} Event
 * @property {string} type
 * @property {string} eventId
 * @property {string} eventTime
 * @property {bigint} instantUs microseconds since 1970-01-01T00:00:00Z
 * @property {number} offsetMinutes `eventTimeZoneOffset`, east of UTC
 * @property {string | null} action
 * @property {string} bizStep
 * @property {string | null} disposition
 * @property {string[]} set persistent dispositions that the event sets
 * @property {string[]} unset persistent dispositions that the event takes back
 * @property {string} readPoint
 * @property {boolean} isErrorDeclaration
 * @property {boolean} isAlarm
 * @property {string[]} subjects what the event is about, each once, in order
 * @property {string[]} created those of the subjects that it brings into being
 * @property {number | null} seq
 * @property {Uint8Array | null} prev
 * @property {{root: Uint8Array, size: number} | null} label
 * @property {{register: string, record: string} | null} source
 * @property {JsonObject} body
 */

const EVENT_TYPES = new Set([
  "AggregationEvent",
  "AssociationEvent",
  "ObjectEvent",
  "TransactionEvent",
  "TransformationEvent",
]);
const ACTIONS = new Set(["ADD", "DELETE", "OBSERVE"]);

/** Dispositions that put a statement on the `#alarm` list of its subjects too. */
export const ALARMS = new Set([
  "damaged",
  "destroyed",
  "disposed",
  "expired",
  "inactive",
  "mismatch_class",
  "mismatch_instance",
  "mismatch_quantity",
  "needs_replacement",
  "no_pedigree_match",
  "non_conformant",
  "non_sellable_other",
  "recalled",
  "returned",
  "stolen",
]);

const EPC_LISTS = ["epcList", "childEPCs", "inputEPCList", "outputEPCList"];
const QUANTITY_LISTS = [
  "quantityList",
  "childQuantityList",
  "inputQuantityList",
  "outputQuantityList",
];
const MAX_SUBJECTS = 1024;

const EVENT_ID = /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/;
const MAX_EVENT_ID_BYTES = 512;
const WORD = /^[a-z]+(_[a-z]+)*$/;
const TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})$/;
const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/;
const MAX_OFFSET_MINUTES = 14 * 60;

/**
 * Read an event from a canonical body; throws `event` with a pointer.
 *
 * @param {JsonObject} body
 * @param {{host: string}} ledger the host of the ledger's origin
 * @returns {Event}
 */
export function parseEvent(body, { host }) {
  const type = asChoice(body.type, "/type", EVENT_TYPES);
  const action = has(body, "action") ? asChoice(body.action, "/action", ACTIONS) : null;
  const eventTime = asString(body.eventTime, "/eventTime");
  const offset = asString(body.eventTimeZoneOffset, "/eventTimeZoneOffset");
  const disposition = has(body, "disposition")
    ? asWord(body.disposition, "/disposition")
    : null;
  const [set, unset] = persistentDispositions(body);
  const isErrorDeclaration = has(body, "errorDeclaration");
  if (isErrorDeclaration) asObject(body.errorDeclaration, "/errorDeclaration");
  const named = namedIn(body, host);
  const subjects = merge([...named.values()]);
  if (subjects.length > MAX_SUBJECTS) {
    throw refusal("", `got ${subjects.length} subjects, want at most ${MAX_SUBJECTS}`);
  }
  const { seq, prev } = sequence(body);
  return {
    type,
    eventId: eventIdOf(body),
    eventTime,
    instantUs: instantUs(eventTime),
    offsetMinutes: offsetMinutes(offset, "/eventTimeZoneOffset"),
    action,
    bizStep: asWord(body.bizStep, "/bizStep"),
    disposition,
    set,
    unset,
    readPoint: asIdentifier(
      asObject(body.readPoint, "/readPoint").id,
      "/readPoint/id",
      host,
    ),
    isErrorDeclaration,
    isAlarm:
      isErrorDeclaration ||
      [disposition || "", ...set, ...unset].some((word) => ALARMS.has(word)),
    subjects,
    created: merge(creatingMembers(type, action).map((name) => named.get(name) || [])),
    seq,
    prev,
    label: labelOf(body),
    source: sourceOf(body),
    body,
  };
}

/**
 * Return what an event and its error declaration have in common.
 *
 * The two are one event if these are equal.
 *
 * @param {JsonObject} body
 * @returns {JsonObject}
 */
export function bodyWithoutDeclaration(body) {
  const common = { ...body };
  delete common.errorDeclaration;
  delete common["caravan:seq"];
  delete common["caravan:prev"];
  return common;
}

/**
 * Name the members whose identifiers an event creates.
 *
 * @param {string} type
 * @param {string | null} action
 * @returns {string[]}
 */
function creatingMembers(type, action) {
  if (type === "TransformationEvent") return ["outputEPCList", "outputQuantityList"];
  if (type === "ObjectEvent" && action === "ADD") return ["epcList", "quantityList"];
  return [];
}

/**
 * Return the identifiers in each member that subjects come from.
 *
 * Every such member counts whatever the type of the event: a subject must not be hidden
 * by writing it in a strange place.
 *
 * @param {JsonObject} body
 * @param {string} host
 * @returns {Map<string, string[]>}
 */
function namedIn(body, host) {
  /** @type {Map<string, string[]>} */
  const named = new Map();
  for (const member of ["parentID", "transformationID"]) {
    if (has(body, member)) named.set(member, [asIdentifier(body[member], `/${member}`, host)]);
  }
  for (const member of EPC_LISTS) {
    if (!has(body, member)) continue;
    const epcs = asArray(body[member], `/${member}`);
    const read = epcs.map((epc, at) => asIdentifier(epc, `/${member}/${at}`, host));
    named.set(member, read);
  }
  for (const member of QUANTITY_LISTS) {
    if (!has(body, member)) continue;
    const elements = asArray(body[member], `/${member}`);
    const read = elements.map((element, at) => {
      const epcClass = isObject(element) ? element.epcClass : undefined;
      return asIdentifier(epcClass, `/${member}/${at}/epcClass`, host);
    });
    named.set(member, read);
  }
  return named;
}

/**
 * @param {string[][]} lists
 * @returns {string[]}
 */
function merge(lists) {
  // Identifiers are ASCII: the order of UTF-16 units is that of code points.
  return [...new Set(lists.flat())].sort();
}

/**
 * @param {JsonObject} body
 * @returns {string}
 */
function eventIdOf(body) {
  const eventId = asString(body.eventID, "/eventID");
  if (!EVENT_ID.test(eventId) || eventId.length > MAX_EVENT_ID_BYTES) {
    throw refusal("/eventID", "want a URI of at most 512 visible ASCII characters");
  }
  return eventId;
}

/**
 * Return what an event sets and what it takes back.
 *
 * @param {JsonObject} body
 * @returns {[string[], string[]]}
 */
function persistentDispositions(body) {
  if (!has(body, "persistentDisposition")) return [[], []];
  const persistent = asObject(body.persistentDisposition, "/persistentDisposition");
  /** @param {string} member */
  const words = (member) => {
    const pointer = `/persistentDisposition/${member}`;
    const listed = has(persistent, member) ? asArray(persistent[member], pointer) : [];
    return listed.map((word, at) => asWord(word, `${pointer}/${at}`));
  };
  return [words("set"), words("unset")];
}

/**
 * Return the issuer's counter and the hash of the key's previous statement.
 *
 * @param {JsonObject} body
 * @returns {{seq: number | null, prev: Uint8Array | null}}
 */
function sequence(body) {
  const seq = has(body, "caravan:seq")
    ? asCount(body["caravan:seq"], "/caravan:seq", 0)
    : null;
  if (has(body, "caravan:prev") !== (seq !== null && seq > 0)) {
    throw refusal("/caravan:prev", "want it exactly if caravan:seq is 1 or more");
  }
  const prev = has(body, "caravan:prev")
    ? asHash(body["caravan:prev"], "/caravan:prev")
    : null;
  return { seq, prev };
}

/**
 * Return the checkpoint printed on a label.
 *
 * @param {JsonObject} body
 * @returns {{root: Uint8Array, size: number} | null}
 */
function labelOf(body) {
  if (!has(body, "caravan:label")) return null;
  const label = asObject(body["caravan:label"], "/caravan:label");
  return {
    root: asHash(label.root, "/caravan:label/root"),
    size: asCount(label.size, "/caravan:label/size", 1),
  };
}

/**
 * Return the register an event was taken over from.
 *
 * @param {JsonObject} body
 * @returns {{register: string, record: string} | null}
 */
function sourceOf(body) {
  if (!has(body, "caravan:source")) return null;
  const source = asObject(body["caravan:source"], "/caravan:source");
  return {
    register: asString(source.register, "/caravan:source/register"),
    record: asString(source.record, "/caravan:source/record"),
  };
}

/**
 * Return the microseconds from 1970 to an `eventTime`.
 *
 * @param {string} text
 * @returns {bigint}
 */
function instantUs(text) {
  const match = TIME.exec(text);
  if (!match) {
    throw refusal("/eventTime", "want YYYY-MM-DDThh:mm:ss, then Z or ±hh:mm");
  }
  const [, day = "", hour, minute, second, fraction = "", zone = ""] = match;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // A browser may roll the 30th of February over to March; and there is no year 0.
  if (
    Number.isNaN(midnight) ||
    new Date(midnight).toISOString().slice(0, 10) !== day ||
    day < "0001"
  ) {
    throw refusal("/eventTime", `no such day: ${day}`);
  }
  const offset = zone === "Z" ? 0 : offsetMinutes(zone, "/eventTime");
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  const milliseconds = midnight + (minutes * 60 + Number(second)) * 1000;
  return BigInt(milliseconds) * BigInt(1000) + BigInt(fraction.padEnd(6, "0"));
}

/**
 * Return the minutes east of UTC, at most 14 hours either way.
 *
 * @param {string} text
 * @param {string} pointer
 * @returns {number}
 */
function offsetMinutes(text, pointer) {
  const match = OFFSET.exec(text);
  const minutes = match ? Number(match[2]) * 60 + Number(match[3]) : Infinity;
  if (!match || minutes > MAX_OFFSET_MINUTES) {
    throw refusal(pointer, `got ${text.slice(0, 40)}, want ±hh:mm up to 14:00`);
  }
  return match[1] === "-" ? 0 - minutes : minutes;
}

/** @typedef {Json | undefined} Member */

/**
 * @param {JsonObject} body
 * @param {string} member
 * @returns {boolean}
 */
function has(body, member) {
  return Object.prototype.hasOwnProperty.call(body, member);
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @param {string} host
 * @returns {string}
 */
function asIdentifier(value, pointer, host) {
  const text = asString(value, pointer);
  try {
    return parseIdentifier(text, { host }).text;
  } catch (error) {
    throw error instanceof Refusal ? refusal(pointer, error.message) : error;
  }
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @returns {string}
 */
function asString(value, pointer) {
  if (typeof value !== "string") throw refusal(pointer, "want a string");
  return value;
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @returns {string}
 */
function asWord(value, pointer) {
  const word = asString(value, pointer);
  if (!WORD.test(word)) throw refusal(pointer, "want the bare word, as in in_transit");
  return word;
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @param {ReadonlySet<string>} words
 * @returns {string}
 */
function asChoice(value, pointer, words) {
  const word = asString(value, pointer);
  if (!words.has(word)) throw refusal(pointer, `want one of ${[...words].join(", ")}`);
  return word;
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @param {number} least
 * @returns {number}
 */
function asCount(value, pointer, least) {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw refusal(pointer, `want a whole number from ${least} on`);
  }
  return value;
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @returns {Uint8Array}
 */
function asHash(value, pointer) {
  const text = asString(value, pointer);
  try {
    return decodeBase64(text, 32);
  } catch (error) {
    throw error instanceof Refusal ? refusal(pointer, "want 32 bytes in base64") : error;
  }
}

/**
 * @param {Member} value
 * @returns {value is JsonObject}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @returns {JsonObject}
 */
function asObject(value, pointer) {
  if (!isObject(value)) throw refusal(pointer, "want an object");
  return value;
}

/**
 * @param {Member} value
 * @param {string} pointer
 * @returns {Json[]}
 */
function asArray(value, pointer) {
  if (!Array.isArray(value)) throw refusal(pointer, "want an array");
  return value;
}

/**
 * @param {string} pointer
 * @param {string} reason
 * @returns {Refusal}
 */
function refusal(pointer, reason) {
  return new Refusal("event", `event: ${pointer || "body"}: ${reason}`, pointer);
}
