/**
 * What events say of goods: which came of which, and what was packed in what.
 *
 * Pure functions, total over valid events: whatever else stands in a member than what is
 * looked for there, is not there. Twin of `ledger/goods.py`, as far as a phone needs it.
 */

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */

const ITEMS = "https://id.gs1.org/01";

/**
 * An event, where it is in the log, and the parties of its signers, the issuer's first.
 *
 * @typedef {object} LoggedEvent
 * @property {number} index
 * @property {readonly string[]} parties
 * @property {Event} event
 */

/**
 * Take out the events that were declared in error, and the declarations; what is left
 * ascends.
 *
 * A declaration is about the event of the same party with the same `eventID`: nobody can
 * declare another's event an error.
 *
 * @template {LoggedEvent} T
 * @param {Iterable<T>} events
 * @returns {T[]}
 */
export function settleErrors(events) {
  const ordered = [...events].sort((a, b) => a.index - b.index);
  const declared = new Set();
  for (const logged of ordered) {
    if (logged.event.isErrorDeclaration) declared.add(identityOf(logged));
  }
  return ordered.filter((logged) => !declared.has(identityOf(logged)));
}

/**
 * Return what an event names in some members: identifiers, or classes of quantities.
 *
 * @param {Event} event
 * @param {...string} members
 * @returns {string[]}
 */
export function namedBy({ body }, ...members) {
  return members.flatMap((member) => items(body[member]).map(nameOf).filter(isText));
}

/**
 * Return whether an event is a transformation of which something came.
 *
 * @param {Event} event
 * @param {string} name
 * @returns {boolean}
 */
export function makes({ type, created }, name) {
  return type === "TransformationEvent" && created.includes(name);
}

/**
 * Return what the parts of one transformation share; null if it is told in one.
 *
 * @param {Event} event
 * @returns {string | null}
 */
export function sharedId({ type, body }) {
  const shared = body.transformationID;
  return type === "TransformationEvent" && typeof shared === "string" ? shared : null;
}

/**
 * Return the trade item of a lot (10) or a serial (21), and which it is; of anything else
 * empty texts.
 *
 * @param {string} name
 * @returns {{item: string, key: string}}
 */
export function itemAndKey(name) {
  const parts = name.split("/");
  if (parts.length !== 7 || parts.slice(0, 4).join("/") !== ITEMS) return { item: "", key: "" };
  return { item: parts.slice(0, 5).join("/"), key: parts[5] || "" };
}

/**
 * Return what a member holds, if it is an array.
 *
 * @param {Json | undefined} value
 * @returns {readonly Json[]}
 */
export function items(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * Return a member of an object; undefined of anything else.
 *
 * @param {Json} value
 * @param {string} name
 * @returns {Json | undefined}
 */
export function memberOf(value, name) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? value[name] : undefined;
}

/**
 * @param {Json} item
 * @returns {Json | undefined}
 */
function nameOf(item) {
  return typeof item === "string" ? item : memberOf(item, "epcClass");
}

/**
 * @param {Json | undefined} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === "string";
}

/**
 * Return whose event it is and which: neither a party nor an `eventID` has a blank.
 *
 * @param {LoggedEvent} logged
 * @returns {string}
 */
function identityOf({ parties, event }) {
  return `${parties[0]} ${event.eventId}`;
}
