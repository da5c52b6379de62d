/**
 * The lists that a passport gives, held against the statements that it gives.
 *
 * Whether a list is the one under the index root is for completeness.js; here it is
 * found out whether every statement given stands on a list, and whether a list has just
 * the statements it should have. Twin of `ledger/lists.py`.
 */

import { actionSubjects } from "./action.js";
import { located, Refusal } from "./errors.js";

/** @typedef {import("./action.js").Action} Action */
/** @typedef {import("./closure.js").SubjectLists} SubjectLists */
/** @typedef {import("./replay.js").JudgedEvent} JudgedEvent */
/** @typedef {import("./replay.js").JudgedStatement} JudgedStatement */

/** @typedef {ReadonlyMap<string, readonly number[]>} Lists indices by name */

/** Ends the name of the list of alarms about a subject. */
export const ALARM_SUFFIX = "#alarm";

/**
 * Return the names that a statement is listed under.
 *
 * @param {JudgedStatement} judged
 * @returns {string[]}
 */
export function listedUnder({ event, action }) {
  const subjects = event ? event.subjects : actionSubjects(/** @type {Action} */ (action));
  if (!event || !event.isAlarm) return subjects;
  return [...subjects, ...subjects.map((name) => name + ALARM_SUFFIX)];
}

/**
 * Check that each event given is on a list, and that each list is exactly the statements
 * that belong on it.
 *
 * Throws `not-verified` at the first event on none, `incomplete` at the smallest index
 * at which a list differs.
 *
 * @param {Lists} lists
 * @param {readonly JudgedStatement[]} judged ascending
 */
export function verifyGiven(lists, judged) {
  /** @type {Map<string, number[]>} */
  const given = new Map([...lists.keys()].map((name) => [name, []]));
  for (const statement of judged) {
    const found = listedUnder(statement).flatMap((name) => {
      const list = given.get(name);
      return list ? [list] : [];
    });
    if (found.length === 0 && statement.event) {
      throw located(statement.index, new Refusal("not-verified", "event: on no list"));
    }
    for (const list of found) list.push(statement.index);
  }
  for (const [name, listed] of lists) {
    verifyList(name, listed, /** @type {number[]} */ (given.get(name)));
  }
}

/**
 * Check that no directory statement that bears on a signer may be missing: each that is
 * given is on a list. Throws `incomplete`.
 *
 * A key signs only what follows its party's admission, which must be given, too, and
 * stands on that party's list alone; the same holds for whom it acts for, and for the
 * registrar and the genesis. So all that the directory says of the signers is given.
 *
 * @param {Lists} lists
 * @param {readonly JudgedStatement[]} judged
 */
export function verifyDirectoryWhole(lists, judged) {
  for (const statement of judged) {
    const names = listedUnder(statement);
    if (statement.event || names.some((name) => lists.has(name))) continue;
    const message = `list of ${names.join(", ")}: not given`;
    throw located(statement.index, new Refusal("incomplete", message));
  }
}

/**
 * Return the events on each list, once it is known what the lists hold.
 *
 * @param {Lists} lists
 * @param {readonly JudgedStatement[]} judged
 * @returns {SubjectLists}
 */
export function eventsOn(lists, judged) {
  /** @type {Map<number, JudgedEvent>} */
  const events = new Map();
  for (const statement of judged) {
    if (statement.event) events.set(statement.index, /** @type {JudgedEvent} */ (statement));
  }
  /** @param {string} name */
  const whole = (name) => {
    const list = lists.get(name);
    if (!list) return null;
    return list.flatMap((index) => events.get(index) || []);
  };
  return { whole, alarms: (name) => whole(name + ALARM_SUFFIX) };
}

/**
 * @param {string} name
 * @param {readonly number[]} listed
 * @param {readonly number[]} given
 */
function verifyList(name, listed, given) {
  let place = 0;
  while (place < listed.length && listed[place] === given[place]) place += 1;
  const [want, got] = [listed[place], given[place]];
  if (want === undefined && got === undefined) return;
  const index = Math.min(...[want, got].flatMap((each) => (each === undefined ? [] : each)));
  const what = index === want ? "is listed and no statement given" : "is given and not listed";
  throw located(index, new Refusal("incomplete", `list of ${name}: ${index} ${what}`));
}
