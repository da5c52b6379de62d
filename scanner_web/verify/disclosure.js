/**
 * What a party chose to have shown of itself: commitments signed, values beside them.
 *
 * The values come from the server and are its word; each is shown only if it opens the
 * commitment that the party signed. Nothing here is part of a verdict. Pure. Twin of
 * `ledger/disclosure.py`.
 */

import { concat, decodeBase64, encodeBase64, encodeUtf8, parseCanonical } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { memberOf, settleErrors } from "./goods.js";
import { sha256 } from "./hash.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./goods.js").LoggedEvent} LoggedEvent */
/** @typedef {"name" | "photo" | "story"} ProfileMember */

/**
 * @typedef {object} Disclosure
 * @property {string} commit the commitment, base64
 * @property {Uint8Array} salt
 * @property {string} value
 */

/**
 * What may be said about one member of the profile in force. `missing`: no value was
 * given for the commitment; `mismatch`: the value given is not the one committed to;
 * `unfit`: it is, and is not what this member may hold.
 *
 * @typedef {object} Shown
 * @property {ProfileMember} member
 * @property {"shown" | "missing" | "mismatch" | "unfit"} state
 * @property {string | null} value if it is shown
 */

const PROFILE = "caravan:profile";
/** @type {readonly ProfileMember[]} */
const PROFILE_MEMBERS = ["name", "photo", "story"];
const FORMAT = "caravan/disclosure/v1";
const FAMILY = "caravan/disclosure/";
const MAX_BYTES = { name: 256, photo: 64 * 1024, story: 4 * 1024 };
const HASH_BYTES = 32;
const PREFIX = encodeUtf8("caravan/commit/v1\n");
const PHOTO = /^data:image\/(?:jpeg|png|webp);base64,/;
// Control characters, Unicode's Bidi_Control, and non-characters.
const MISLEADING = new RegExp(
  "[\\p{Cc}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"
    + "\\p{Noncharacter_Code_Point}]",
  "u",
);

/**
 * Read a document; whether its values open anything is not asked. Throws `malformed`, or
 * `unknown-version` for a later one.
 *
 * @param {Uint8Array} bytes
 * @returns {{subject: string, disclosures: Disclosure[]}}
 */
export function parseDisclosures(bytes) {
  const body = refusedAs("malformed", () => parseCanonical(bytes));
  const { format } = body;
  if (typeof format !== "string" || !format.startsWith(FAMILY)) {
    throw malformed("/format", `want ${FORMAT}`);
  }
  if (format !== FORMAT) {
    throw new Refusal("unknown-version", `disclosures: want ${FORMAT}`, "/format");
  }
  const hasConsent = Object.hasOwn(body, "consent");
  const consent = hasConsent ? ["consent"] : [];
  const document = asObject(body, "", [...consent, "disclosures", "format", "subject"]);
  if (hasConsent) {
    const names = ["given", "purpose", "words"];
    const given = asObject(document.consent, "/consent", names);
    for (const name of names) asText(given[name], `/consent/${name}`);
  }
  if (!Array.isArray(document.disclosures)) throw malformed("/disclosures", "want an array");
  const disclosures = document.disclosures.map((item, place) => {
    const pointer = `/disclosures/${place}`;
    const { commit, salt, value } = asObject(item, pointer, ["commit", "salt", "value"]);
    return {
      commit: encodeBase64(asHash(commit, `${pointer}/commit`)),
      salt: asHash(salt, `${pointer}/salt`),
      value: asText(value, `${pointer}/value`),
    };
  });
  for (const [place, { commit }] of disclosures.entries()) {
    const before = disclosures[place - 1];
    if (before && commit <= before.commit) {
      throw malformed("/disclosures", "want each commitment once, in order");
    }
  }
  return { subject: asText(document.subject, "/subject"), disclosures };
}

/**
 * Return the commitments of a party's newest profile, in base64 by member; null if it
 * never had one.
 *
 * Only what the party itself has issued about itself, and has not declared in error, is
 * its profile. A later one replaces the one before whole; one without members takes
 * everything back. What stands in a member and is no commitment is not there.
 *
 * @param {string} subject the party's id
 * @param {Iterable<LoggedEvent>} events all that were verified about it, in any order
 * @returns {Map<ProfileMember, string> | null}
 */
export function profileInForce(subject, events) {
  let found = null;
  for (const { parties, event } of settleErrors(events)) {
    const isProfile = Object.hasOwn(event.body, PROFILE);
    if (isProfile && parties[0] === subject && event.subjects.includes(subject)) {
      found = commitments(event.body[PROFILE]);
    }
  }
  return found;
}

/**
 * Return what may be shown for each member of a profile, in a fixed order. A value whose
 * commitment is not in the profile is not looked at.
 *
 * @param {ReadonlyMap<ProfileMember, string>} profile
 * @param {readonly Disclosure[]} disclosures
 * @returns {Promise<Shown[]>}
 */
export async function checkDisclosures(profile, disclosures) {
  /** @type {Shown[]} */
  const shown = [];
  for (const member of PROFILE_MEMBERS) {
    const commit = profile.get(member);
    if (commit === undefined) continue;
    const given = disclosures.find((item) => item.commit === commit);
    const state = given ? await stateOf(member, commit, given) : "missing";
    shown.push({ member, state, value: given && state === "shown" ? given.value : null });
  }
  return shown;
}

/**
 * Refuse a value that its member may not hold; throws `malformed`, `character`.
 *
 * @param {ProfileMember} member
 * @param {string} value
 */
export function checkValue(member, value) {
  const pointer = `/${member}`;
  const size = encodeUtf8(value).length;
  if (size === 0 || size > MAX_BYTES[member]) {
    throw malformed(pointer, `got ${size} bytes, want at least 1 and at most ${MAX_BYTES[member]}`);
  }
  if (member !== "photo") {
    if (MISLEADING.test(value) || value.normalize("NFC") !== value) {
      throw new Refusal("character", `${pointer}: misleading characters`, pointer);
    }
    return;
  }
  const head = PHOTO.exec(value);
  if (!head) throw malformed(pointer, "want data:image/jpeg;base64,… or the same of png or webp");
  refusedAs("malformed", () => decodeBase64(value.slice(head[0].length)));
}

/**
 * @param {ProfileMember} member
 * @param {string} commit
 * @param {Disclosure} given
 * @returns {Promise<Shown["state"]>}
 */
async function stateOf(member, commit, { salt, value }) {
  const encoded = encodeUtf8(value);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, encoded.length);
  const digest = await sha256(concat(PREFIX, salt, length, encoded));
  if (encodeBase64(digest) !== commit) return "mismatch";
  try {
    checkValue(member, value);
  } catch (error) {
    if (error instanceof Refusal) return "unfit";
    throw error;
  }
  return "shown";
}

/**
 * Return the commitments of a profile: those members that hold just one.
 *
 * @param {Json | undefined} profile
 * @returns {Map<ProfileMember, string>}
 */
function commitments(profile) {
  /** @type {Map<ProfileMember, string>} */
  const found = new Map();
  for (const member of PROFILE_MEMBERS) {
    const value = memberOf(profile === undefined ? null : profile, member);
    const commit = value === undefined ? undefined : memberOf(value, "caravan:commit");
    if (commit === undefined || Object.keys(/** @type {object} */ (value)).length > 1) continue;
    try {
      found.set(member, encodeBase64(asHash(commit, "")));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return found;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @param {readonly string[]} names the members that it must have, and no other
 * @returns {Record<string, Json>}
 */
function asObject(value, pointer, names) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).sort().join() !== [...names].sort().join()) {
    throw malformed(pointer, `want an object with exactly ${names.join(", ")}`);
  }
  return value;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {string}
 */
function asText(value, pointer) {
  if (typeof value !== "string") throw malformed(pointer, "want a string");
  return value;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Uint8Array}
 */
function asHash(value, pointer) {
  const text = asText(value, pointer);
  return refusedAs("malformed", () => decodeBase64(text, HASH_BYTES));
}

/**
 * @param {string} pointer
 * @param {string} reason
 * @returns {Refusal}
 */
function malformed(pointer, reason) {
  return new Refusal("malformed", `disclosures: ${pointer || "document"}: ${reason}`, pointer);
}
