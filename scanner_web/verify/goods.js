/**
 * What events say of goods: which came of which, and what was packed in what.
 *
 * Pure functions, total over valid events: whatever else stands in a member than what is
 * looked for there, is not there. Twin of `ledger/goods.py`, as far as a phone needs it.
 */

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */
/** @typedef {import("./event.js").Event} Event */

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
