/**
 * Event identifiers: an issuer's party uses each once, or once and then in error.
 *
 * Twin of `ledger/eventids.py`.
 */

import { canonical } from "./encoding.js";
import { located, Refusal } from "./errors.js";
import { bodyWithoutDeclaration } from "./event.js";

/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./lists.js").Lists} Lists */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */

/**
 * Check every event given against those given before it; throws `event-reused`,
 * `incomplete`.
 *
 * A declaration has the body of its original, and so its subjects: wherever the whole
 * list of one of them is given, both are. An original that is no alarm is not on the
 * `#alarm` list on which its declaration is; there nothing can be said of it.
 *
 * @param {readonly JudgedStatement[]} judged ascending
 * @param {{lists: Lists}} given with all the lists
 */
export function verifyEventIds(judged, { lists }) {
  /** @type {Map<string, Event[]>} */
  const byPair = new Map();
  for (const { index, event, party } of judged) {
    if (!event) continue;
    const pair = `${party} ${event.eventId}`;
    const same = byPair.get(pair) || [];
    byPair.set(pair, [...same, event]);
    const [original] = same;
    if (original) {
      verifyReuse(index, event, original, same.length);
    } else if (event.isErrorDeclaration && event.subjects.some((name) => lists.has(name))) {
      const message = "errorDeclaration: its original is not given";
      throw located(index, new Refusal("incomplete", message));
    }
  }
}

/**
 * @param {number} index
 * @param {Event} event
 * @param {Event} original the first with the same issuer's party and `eventID`
 * @param {number} count of events before this one with the same
 */
function verifyReuse(index, event, original, count) {
  if (!event.isErrorDeclaration || count > 1) {
    throw located(index, new Refusal("event-reused", "eventID: used before", "/eventID"));
  }
  const [first, second] = [original, event].map(({ body }) =>
    canonical(bodyWithoutDeclaration(body)),
  );
  if (first !== second) {
    throw located(index, new Refusal("event-reused", "errorDeclaration: the body differs"));
  }
}
