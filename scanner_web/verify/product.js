/**
 * What statements say of a product: facts of trade items, lots and animals.
 *
 * They stand in `ilmd` (EPCIS 2.0, 7.3.7) of the event that brings its subjects into
 * being, in words of GS1's vocabulary and of the Core Business Vocabulary, and in the
 * ledger's own where these have none. Members that are not in the table are not shown,
 * malformed ones give nothing: validity does not read them.
 *
 * Pure and total. Twin of `ledger/product.py`.
 */

import {
  day,
  isObject,
  items,
  member,
  named,
  nobody,
  numbered,
  phrase,
  quantity,
  short,
  visible,
  word,
} from "./wording.js";

/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./wording.js").Fact} Fact */
/** @typedef {import("./wording.js").Member} Member */
/** @typedef {import("./wording.js").Messages} Messages */
/** @typedef {import("./wording.js").Names} Names */

/** @typedef {{parties: readonly string[], event: Event}} Spoken an event, and who signed it */
/** @typedef {readonly string[]} Texts of one thing; more than one where it has parts */
/** @typedef {(value: Member, lang: string, messages: Messages) => Texts} Show */
/** @typedef {{parties: string[], texts: Texts}} Version what some parties say alike */

const RECIPE = "recipe";

/**
 * Return the facts of a product, from what was said when it came into being.
 *
 * What a party says later replaces what it said before, and what is said of a lot
 * replaces what is said of its trade item. Where parties differ, all are shown, each with
 * who says so.
 *
 * @param {readonly Spoken[]} events those with standing about the product and not in
 *   error, in log order
 * @param {object} reader
 * @param {readonly string[]} reader.about the product's identifiers, from the general to
 *   the particular: the trade item, the lot. What an event says of other things is not
 *   shown
 * @param {string} reader.lang the reader's language
 * @param {Messages} reader.messages the locale's texts
 * @param {Names | undefined} [reader.names] gives the display name of a party
 * @returns {Fact[]}
 */
export function productFacts(events, { about, lang, messages, names = nobody }) {
  const ranked = events
    .map(({ parties, event }) => ({ rank: rankOf(event.created, about), parties, event }))
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => one.rank - other.rank);
  /** @type {Map<string, Map<string, Texts>>} */
  const said = new Map();
  for (const { parties, event } of ranked) {
    for (const [name, texts] of read(event.body.ilmd, lang, messages)) {
      const byParty = said.get(name) || new Map();
      said.set(name, byParty.set(parties[0] || "", texts));
    }
  }
  return visible(
    MEMBERS.flatMap(([name]) => {
      const byParty = said.get(name);
      return byParty ? factsOf(name, versions(byParty, names)) : [];
    }),
  );
}

/**
 * Return the facts in the `ilmd` of one event.
 *
 * @param {Member} ilmd
 * @param {string} lang
 * @param {Messages} messages
 * @returns {Fact[]}
 */
export function articleFacts(ilmd, lang, messages) {
  return read(ilmd, lang, messages).flatMap(([name, texts]) => factsOf(name, texts));
}

/**
 * @param {readonly string[]} created
 * @param {readonly string[]} about
 * @returns {number} how particular the things are that an event creates; -1 for others
 */
function rankOf(created, about) {
  return about.reduce((rank, name, place) => (created.includes(name) ? place : rank), -1);
}

/**
 * Return what is said, with who says so where not all say the same.
 *
 * @param {ReadonlyMap<string, Texts>} said by party
 * @param {Names} names
 * @returns {Texts}
 */
function versions(said, names) {
  /** @type {Map<string, Version>} */
  const found = new Map();
  for (const [party, texts] of said) {
    const key = JSON.stringify(texts);
    const version = found.get(key) || { parties: [], texts };
    version.parties.push(named(party, names));
    found.set(key, version);
  }
  const [first] = found.values();
  if (first && found.size === 1) return first.texts;
  return [...found.values()].flatMap(({ parties, texts }) =>
    texts.map((shown) => `${shown} (${parties.join(", ")})`),
  );
}

/**
 * @param {string} name
 * @param {Texts} texts
 * @returns {Fact[]}
 */
function factsOf(name, texts) {
  const [first] = texts;
  if (first !== undefined && texts.length === 1 && name !== RECIPE) {
    return [[`product.${name}`, first]];
  }
  return numbered(`product.${name}`, texts);
}

/**
 * Return what is said, by name, in the order of the table.
 *
 * @param {Member} ilmd
 * @param {string} lang
 * @param {Messages} messages
 * @returns {[string, Texts][]}
 */
function read(ilmd, lang, messages) {
  return MEMBERS.flatMap(([name, spellings, show]) => {
    for (const spelling of spellings) {
      const texts = show(member(ilmd, spelling), lang, messages);
      if (texts.length > 0) return [/** @type {[string, Texts]} */ ([name, texts])];
    }
    return [];
  });
}

/** @type {Show} */
function ofPhrase(value, lang) {
  return one(phrase(value, lang));
}

/**
 * Return how words of a kind are shown; a register's mere number is none.
 *
 * @param {string} kind
 * @returns {Show}
 */
function ofWord(kind) {
  return (value, lang, messages) => {
    const said = phrase(value, lang);
    return /^[0-9]+$/.test(said) ? [] : one(said && word(kind, said, messages));
  };
}

/** @type {Show} */
function ofQuantity(value, _lang, messages) {
  const listed = Array.isArray(value) ? value : [value];
  const shown = listed.map((item) => quantity(item, messages));
  return one(shown.filter(Boolean).join(" · "));
}

/** @type {Show} */
function ofDay(value, _lang, messages) {
  return one(day(value, messages));
}

/** @type {Show} */
function ofIdentifier(value, lang) {
  return one(short(phrase(value, lang)));
}

/** @type {Show} */
function ofCountries(value, lang, messages) {
  const listed = Array.isArray(value) ? value : [value];
  const codes = listed
    .map((item) => phrase(item, lang) || phrase(member(item, "gs1:countryCode"), lang))
    .filter(Boolean);
  return one(codes.map((code) => word("country", code, messages)).join(", "));
}

/**
 * Return one text for each part that has a name.
 *
 * @type {Show}
 */
function ofRecipe(value, lang, messages) {
  return items(value).flatMap((part) => {
    const said = phrase(isObject(part) ? part.name : part, lang);
    const amount = quantity(part, messages);
    return said && amount ? [`${said} · ${amount}`] : one(said);
  });
}

/**
 * @param {string} shown
 * @returns {Texts}
 */
function one(shown) {
  return shown ? [shown] : [];
}

/**
 * Names of the facts, the members they are read from, and how these are shown.
 *
 * @type {readonly (readonly [name: string, spellings: readonly string[], show: Show])[]}
 */
const MEMBERS = [
  ["name", ["gs1:productName"], ofPhrase],
  ["brand", ["gs1:brandName"], ofPhrase],
  ["description", ["gs1:productDescription"], ofPhrase],
  ["species", ["caravan:species"], ofWord("species")],
  ["breed", ["caravan:breed"], ofWord("breed")],
  ["variety", ["caravan:variety"], ofWord("variety")],
  ["sex", ["caravan:sex"], ofWord("sex")],
  ["dam", ["caravan:dam"], ofIdentifier],
  ["sire", ["caravan:sire"], ofIdentifier],
  ["grade", ["caravan:grade"], ofWord("grade")],
  ["net", ["gs1:netContent", "gs1:netWeight", "cbvmda:netWeight"], ofQuantity],
  [RECIPE, ["caravan:recipe"], ofRecipe],
  ["ingredients", ["gs1:ingredientStatement"], ofPhrase],
  ["allergens", ["gs1:allergenStatement"], ofPhrase],
  ["harvested", ["caravan:harvestDate", "cbvmda:harvestStartDate"], ofDay],
  ["harvest-end", ["cbvmda:harvestEndDate"], ofDay],
  ["produced", ["gs1:productionDate", "cbvmda:productionDate"], ofDay],
  ["packed", ["gs1:packagingDate"], ofDay],
  ["best-before", ["gs1:bestBeforeDate", "cbvmda:bestBeforeDate"], ofDay],
  ["sell-by", ["gs1:sellByDate", "cbvmda:sellByDate"], ofDay],
  ["expires", ["gs1:expirationDate", "cbvmda:itemExpirationDate"], ofDay],
  ["shelf-life", ["caravan:shelfLife"], ofQuantity],
  ["storage", ["caravan:storage", "gs1:consumerStorageInstructions"], ofPhrase],
  ["origin", ["gs1:countryOfOrigin", "cbvmda:countryOfOrigin"], ofCountries],
  ["lot", ["cbvmda:lotNumber", "gs1:hasBatchLotNumber"], ofPhrase],
];
