/**
 * Event identifiers: an issuer's party uses each once, or once and then in error.
 *
 * Twin of `check_event_id` in `ledger/replay.py`.
 */

import { canonical } from "./encoding.js";
import { located, Refusal } from "./errors.js";
import { bodyWithoutDeclaration } from "./event.js";

/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */

/**
 * Check that an issuer's party used an `eventID` once, or once and then in error;
 * throws `event-reused`, `incomplete`.
 *
 * @param {readonly JudgedStatement[]} judged
 */
export function verifyEventIds(judged) {
  /** @type {Map<string, JudgedStatement[]>} */
  const byPair = new Map();
  for (const statement of judged) {
    if (!statement.event) continue;
    const pair = `${statement.party} ${statement.event.eventId}`;
    const same = byPair.get(pair) || [];
    byPair.set(pair, [...same, statement]);
    verifyReuse(statement.index, statement.event, same);
  }
}

/**
 * @param {number} index
 * @param {Event} event
 * @param {readonly JudgedStatement[]} same statements before it with the same pair
 */
function verifyReuse(index, event, same) {
  const original = same[0] && same[0].event;
  if (!original) {
    // The same body makes the same subjects: who gives the declaration has the original.
    if (!event.isErrorDeclaration) return;
    throw located(index, new Refusal("incomplete", "errorDeclaration: its original is not given"));
  }
  if (!event.isErrorDeclaration || same.length > 1) {
    throw located(index, new Refusal("event-reused", "eventID: used before", "/eventID"));
  }
  const [first, second] = [original, event].map((each) =>
    canonical(bodyWithoutDeclaration(each.body)),
  );
  if (first !== second) {
    throw located(index, new Refusal("event-reused", "errorDeclaration: the body differs"));
  }
}
