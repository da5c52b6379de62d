/**
 * What a party says of itself: the words for each value, and for each that is not shown.
 *
 * The values are this server's word. What does not open the commitment that the party
 * signed is named and never shown. No verdict depends on any of it. Pure: no document.
 */

import { say } from "./words.js";
import { checkDisclosures, parseDisclosures, profileInForce } from "./verify/disclosure.js";

/** @typedef {import("./verify/disclosure.js").ProfileMember} ProfileMember */
/** @typedef {import("./verify/disclosure.js").Shown} Shown */
/** @typedef {import("./verify/goods.js").LoggedEvent} LoggedEvent */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * @typedef {object} ToldProfile
 * @property {string} title
 * @property {string} hint
 * @property {string | null} name
 * @property {{uri: string, alt: string} | null} photo
 * @property {string | null} story
 * @property {string[]} notes what is not shown, and why
 */

/**
 * Return the commitments that a verified party has in force about itself; empty if there
 * are none.
 *
 * @param {string} subject
 * @param {Verdict} verdict
 * @returns {ReadonlyMap<ProfileMember, string>}
 */
export function profileOf(subject, { outcome, statements }) {
  /** @type {LoggedEvent[]} */
  const events = [];
  for (const { index, parties, event } of outcome === "verified" ? statements : []) {
    if (event !== null) events.push({ index, parties, event });
  }
  return profileInForce(subject, events) || new Map();
}

/**
 * Return what may be said of a profile. Throws `malformed`, `unknown-version` of a
 * document that is none.
 *
 * @param {ReadonlyMap<ProfileMember, string>} profile
 * @param {Uint8Array} document as this server gives it
 * @param {Messages} messages
 * @returns {Promise<ToldProfile>}
 */
export async function tellProfile(profile, document, messages) {
  const shown = await checkDisclosures(profile, parseDisclosures(document).disclosures);
  /** @type {Map<ProfileMember, string | null>} */
  const values = new Map(shown.map(({ member, value }) => [member, value]));
  const photo = values.get("photo") || null;
  const isAny = shown.some(({ state }) => state === "shown");
  return {
    title: say(messages, "profile.title"),
    hint: isAny ? say(messages, "profile.hint") : "",
    name: values.get("name") || null,
    photo: photo === null ? null : { uri: photo, alt: say(messages, "profile.photo-alt") },
    story: values.get("story") || null,
    notes: shown.flatMap(({ member, state }) =>
      state === "shown"
        ? []
        : [say(messages, `profile.${state}`, { member: say(messages, `profile.member.${member}`) })],
    ),
  };
}

/**
 * Return what is said when the server gives nothing that can be checked.
 *
 * @param {Messages} messages
 * @returns {ToldProfile}
 */
export function tellNoProfile(messages) {
  const notes = [say(messages, "profile.failed")];
  const title = say(messages, "profile.title");
  return { title, hint: "", name: null, photo: null, story: null, notes };
}
