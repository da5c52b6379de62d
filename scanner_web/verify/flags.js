/**
 * What looks odd in the ledger: recomputed by every verifier, stored by none.
 *
 * What is well-formed, authorised and new is recorded, and what is implausible is said
 * openly. A flag is never a reason to fail. Twin of `ledger/flags.py`.
 *
 * Codes: `late`, `zero-value`, `more-serials`, `overlap`, `out-before-in`, `sequence-gap`.
 */


/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */

/**
 * Something odd about one statement. The detail is `#17` for another statement, `49 h`
 * for how late, JSON Pointers of values with a blank between them, `102 > 100` for serials
 * and what they were packed in, or the number that was due.
 *
 * @typedef {{code: string, index: number, detail: string}} Flag
 */

/**
 * The beginning or the end of a stay.
 *
 * @typedef {{instantUs: bigint, isOpening: boolean, index: number}} Boundary
 */

/** @typedef {Map<number, bigint>} Ends the time of each end, by the index of its beginning */

const HOUR_US = BigInt(3600000000);
const LATE_US = BigInt(24) * HOUR_US;

const SERIAL = "/21/";
/** Units of things that are counted; EPCIS has none for them. */
const PIECES = ["C62", "EA", "H87"];

const QUANTITY_LISTS = [
  "quantityList",
  "childQuantityList",
  "inputQuantityList",
  "outputQuantityList",
];

/**
 * Return what is odd about a statement by itself.
 *
 * @param {number} index where the statement is
 * @param {Event} event what it says
 * @param {{logTimeMs: number, isImporter: boolean}} known the time of its closing seal,
 *   and whether the issuer's key may take over records from a register: what it takes
 *   over is not late
 * @returns {Flag[]}
 */
export function flagsOfEvent(index, event, { logTimeMs, isImporter }) {
  /** @type {Flag[]} */
  const flags = [];
  const delayUs = BigInt(logTimeMs) * BigInt(1000) - event.instantUs;
  if (delayUs > LATE_US && !(isImporter && event.source !== null)) {
    flags.push({ code: "late", index, detail: `${delayUs / HOUR_US} h` });
  }
  const detail = [...zeros(event.body)].join(" ");
  if (detail !== "") flags.push({ code: "zero-value", index, detail });
  return [...flags, ...moreSerials(index, event)];
}

/**
 * Return a flag if an event issues more serials than it packs.
 *
 * Serials of a trade item are counted against the pieces of all its lots in the same
 * event. A lot without a whole number of pieces says nothing of how many there are.
 *
 * @param {number} index where the statement is
 * @param {Event} event what it says
 * @returns {Flag[]}
 */
export function moreSerials(index, event) {
  /** @type {Map<string, number>} */
  const issued = new Map();
  for (const name of event.created) {
    const [item = "", serial] = name.split(SERIAL);
    if (serial !== undefined) issued.set(item, (issued.get(item) || 0) + 1);
  }
  for (const [item, serials] of issued) {
    const pieces = piecesOf(event, `${item}/10/`);
    if (pieces !== null && BigInt(serials) > pieces) {
      return [{ code: "more-serials", index, detail: `${serials} > ${pieces}` }];
    }
  }
  return [];
}

/**
 * Return whether an event begins or ends a stay of one animal or item at a place.
 *
 * Only single things have stays: of a lot, parts may well be in two places. So the event
 * must name things one by one, and no quantity.
 *
 * @param {Event} event
 * @returns {boolean}
 */
export function isStayBoundary(event) {
  return (
    event.type === "ObjectEvent" &&
    items(event.body.epcList).length > 0 &&
    items(event.body.quantityList).length === 0 &&
    (opens(event) || closes(event))
  );
}

/**
 * Return what is odd between the stays of one subject.
 *
 * A stay begins when the subject arrives, is received or comes into being at a place,
 * and ends when it departs, is shipped or is deleted there. `overlap` is said of the
 * statement that begins the later of two stays, if it does so before the earlier one
 * ended; `out-before-in` of the statement that ends a stay before it began.
 *
 * @param {readonly (readonly [number, Event])[]} listed every event about the subject,
 *   with its index, in any order
 * @returns {Flag[]}
 */
export function flagsOfSubject(listed) {
  /** @type {Boundary[]} */
  const openings = [];
  /** @type {Ends} */
  const ends = new Map();
  /** @type {Flag[]} */
  const flags = [];
  for (const boundaries of boundariesByPlace(listed)) {
    flags.push(...pair(boundaries, ends));
    openings.push(...boundaries.filter((boundary) => boundary.isOpening));
  }
  flags.push(...overlaps(openings, ends));
  return flags.sort((a, b) => a.index - b.index || compare(a.code, b.code));
}

/**
 * Return the boundaries at each place, in order.
 *
 * @param {readonly (readonly [number, Event])[]} listed
 * @returns {Boundary[][]}
 */
function boundariesByPlace(listed) {
  /** @type {Map<string, Boundary[]>} */
  const byPlace = new Map();
  for (const [index, event] of withoutDeclared(listed)) {
    if (!isStayBoundary(event)) continue;
    const place = placeOf(event);
    const boundaries = byPlace.get(place) || [];
    boundaries.push({ instantUs: event.instantUs, isOpening: !closes(event), index });
    byPlace.set(place, boundaries);
  }
  return [...byPlace.values()].map((boundaries) => boundaries.sort(inOrder));
}

/**
 * Leave out declarations, and for each of them one original.
 *
 * Anybody may repeat another party's event and then declare the copy an error. So a
 * declaration takes out the last of the originals with its `eventID`: what was there
 * before the copy stays.
 *
 * @param {readonly (readonly [number, Event])[]} listed
 * @returns {(readonly [number, Event])[]} the last first
 */
function withoutDeclared(listed) {
  /** @type {Map<string, number>} */
  const declared = new Map();
  for (const [, { isErrorDeclaration, eventId }] of listed) {
    if (isErrorDeclaration) declared.set(eventId, (declared.get(eventId) || 0) + 1);
  }
  const lastFirst = listed.slice().sort(([a], [b]) => b - a);
  return lastFirst.filter(([, { isErrorDeclaration, eventId }]) => {
    if (isErrorDeclaration) return false;
    const left = declared.get(eventId) || 0;
    if (left > 0) declared.set(eventId, left - 1);
    return left === 0;
  });
}

/**
 * Give each stay at one place its end; return the ends that come before a beginning.
 *
 * An end belongs to the latest stay that is still open. Ends that find none come before
 * every beginning that is left in the end; only then are they held against it.
 *
 * @param {readonly Boundary[]} boundaries beginnings and ends at the place, in order
 * @param {Ends} ends
 * @returns {Flag[]}
 */
function pair(boundaries, ends) {
  /** @type {Boundary[]} */
  const stillOpen = [];
  /** @type {Boundary[]} */
  const unmatched = [];
  for (const boundary of boundaries) {
    const { instantUs, isOpening, index } = boundary;
    const last = unmatched[unmatched.length - 1];
    if (!isOpening) {
      const opening = stillOpen.pop();
      if (opening) ends.set(opening.index, instantUs);
      else unmatched.push(boundary);
    } else if (last && last.instantUs === instantUs) {
      unmatched.pop();
      ends.set(index, instantUs);
    } else {
      stillOpen.push(boundary);
    }
  }
  /** @type {Flag[]} */
  const early = [];
  for (const opening of stillOpen) {
    const closing = unmatched.pop();
    if (!closing) break;
    early.push({ code: "out-before-in", index: closing.index, detail: `#${opening.index}` });
  }
  return early;
}

/**
 * Flag each stay that begins before an earlier one ended.
 *
 * A stay that has no end yet overlaps with nothing that comes after it: the end may be
 * on its way.
 *
 * @param {readonly Boundary[]} openings
 * @param {Ends} ends
 * @returns {Flag[]}
 */
function overlaps(openings, ends) {
  /** @type {Flag[]} */
  const flags = [];
  /** @type {{index: number, end: bigint} | null} */
  let longest = null;
  for (const { index, instantUs } of openings.slice().sort(inOrder)) {
    if (longest && instantUs < longest.end) {
      flags.push({ code: "overlap", index, detail: `#${longest.index}` });
    }
    const end = ends.get(index);
    if (end !== undefined && (!longest || end > longest.end)) longest = { index, end };
  }
  return flags;
}

/**
 * Order by time; of two at one instant, who leaves leaves first.
 *
 * @param {Boundary} a
 * @param {Boundary} b
 * @returns {number}
 */
function inOrder(a, b) {
  return (
    compare(a.instantUs, b.instantUs) ||
    Number(a.isOpening) - Number(b.isOpening) ||
    a.index - b.index
  );
}

/**
 * @param {bigint | string} a
 * @param {bigint | string} b
 * @returns {number}
 */
function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * @param {Event} event
 * @returns {boolean}
 */
function opens({ action, bizStep }) {
  return (
    bizStep === "arriving" ||
    bizStep === "receiving" ||
    (action === "ADD" && bizStep === "commissioning")
  );
}

/**
 * @param {Event} event
 * @returns {boolean}
 */
function closes({ action, bizStep }) {
  return bizStep === "departing" || bizStep === "shipping" || action === "DELETE";
}

/**
 * Return where the thing is after the event, else where the event was seen.
 *
 * @param {Event} event
 * @returns {string}
 */
function placeOf(event) {
  const location = event.body.bizLocation;
  const place = isObject(location) ? location.id : undefined;
  return typeof place === "string" ? place : event.readPoint;
}

/**
 * Return how many pieces of lots an event makes; null if it does not say.
 *
 * @param {Event} event
 * @param {string} lots
 * @returns {bigint | null}
 */
function piecesOf({ body }, lots) {
  /** @type {bigint | null} */
  let total = null;
  for (const element of [...items(body.quantityList), ...items(body.outputQuantityList)]) {
    if (!isObject(element)) continue;
    const { epcClass, quantity, uom = "H87" } = element;
    if (typeof epcClass !== "string" || !epcClass.startsWith(lots)) continue;
    if (!Number.isInteger(quantity) || !PIECES.some((unit) => unit === uom)) return null;
    total = (total || BigInt(0)) + BigInt(/** @type {number} */ (quantity));
  }
  return total;
}

/**
 * Return pointers to quantities and sensor values that are 0.
 *
 * @param {JsonObject} body
 * @returns {string[]}
 */
function zeros(body) {
  /** @type {string[]} */
  const pointers = [];
  for (const member of QUANTITY_LISTS) {
    items(body[member]).forEach((element, place) => {
      if (isObject(element) && element.quantity === 0) {
        pointers.push(`/${member}/${place}/quantity`);
      }
    });
  }
  items(body.sensorElementList).forEach((element, place) => {
    items(isObject(element) ? element.sensorReport : undefined).forEach((report, number) => {
      if (isObject(report) && report.value === 0) {
        pointers.push(`/sensorElementList/${place}/sensorReport/${number}/value`);
      }
    });
  });
  return pointers;
}

/**
 * @param {Json | undefined} value
 * @returns {Json[]}
 */
function items(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {Json | undefined} value
 * @returns {value is JsonObject}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
