/**
 * The other half of `view.js`, for what no first verdict on a pack waits for: writes what
 * sums up all of the way, and what a party shows of itself. Everything is text, as there.
 */

import { all, element, rowElement, textElement } from "./view.js";
import { labelIn, partsIn, PLACES } from "./whole.js";
import { say } from "./words.js";

/** @typedef {import("./content.js").Block} Block */
/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./profile.js").ToldProfile} ToldProfile */
/** @typedef {import("./whole.js").Shape} Shape */
/** @typedef {import("./whole.js").Sum} Sum */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * Write what sums up all of the way, from what was verified, in the place of whatever
 * stands there, and mark it.
 *
 * @param {readonly Sum[]} whole
 * @param {Messages} messages
 */
export function showSums(whole, messages) {
  for (const [place, names] of PLACES) {
    const section = element(`#${place}`);
    section.hidden = false;
    const sums = whole.filter(({ name }) => names.some((each) => each === name));
    delete section.dataset.unchecked;
    section.replaceChildren(...sums.map((sum) => sumElement(sum, "sum", messages)));
    if (sums.length === 0) continue;
    section.dataset.checked = "";
    section.append(textElement("p", say(messages, "article.checked"), "checked"));
  }
}

/**
 * Write a block that the first answer sums up, from what was verified, and mark it.
 *
 * @param {Sum} sum
 * @param {Messages} messages
 */
export function showSum(sum, messages) {
  const block = element(`main [data-block="${sum.name}"]`);
  block.replaceChildren(...sumElement(sum, "block", messages).childNodes);
  block.dataset.checked = "";
  block.append(textElement("p", say(messages, "article.checked"), "checked"));
}

/** Take back every mark: what was shown as checked stands beside what is not true. */
export function unmark() {
  for (const mark of document.querySelectorAll(".checked")) mark.remove();
  for (const marked of all(document, "[data-checked]")) delete marked.dataset.checked;
}

/**
 * Write what a party says of itself, in the place of whatever the server has written
 * there. A photo is shown from its own bytes: nothing is loaded from anywhere.
 *
 * @param {ToldProfile} told
 */
export function showProfile({ title, hint, name, photo, story, notes }) {
  const section = document.querySelector("#profile") || document.createElement("section");
  section.id = "profile";
  section.className = "aside";
  section.setAttribute("data-unchecked", "");
  const parts = [textElement("h2", title)];
  if (hint) parts.push(textElement("p", hint, "hint"));
  if (name !== null) {
    const named = textElement("p", "", "name");
    named.append(textElement("bdi", name));
    parts.push(named);
  }
  if (photo !== null) {
    const image = document.createElement("img");
    image.src = photo.uri;
    image.alt = photo.alt;
    parts.push(image);
  }
  if (story !== null) {
    const told = textElement("p", "", "story");
    told.append(textElement("bdi", story));
    parts.push(told);
  }
  parts.push(...notes.map((note) => textElement("p", note, "note")));
  section.replaceChildren(...parts);
  if (!section.isConnected) element("#steps").before(section);
}

/**
 * Return a block as the server writes it.
 *
 * @param {Sum} sum
 * @param {"sum" | "block"} attribute
 * @param {Messages} messages
 * @returns {HTMLElement}
 */
function sumElement(sum, attribute, messages) {
  const { name, drawing } = sum;
  const made = textElement("div", "", "sum");
  made.dataset[attribute] = name;
  made.append(textElement("h2", say(messages, `whole.${name}`)));
  const hint = say(messages, `${name}.hint`);
  if (hint !== `${name}.hint`) made.append(textElement("p", hint, "hint"));
  if (drawing !== null) {
    const figure = document.createElement("figure");
    figure.dataset.drawing = name;
    figure.append(drawn(drawing));
    made.append(figure);
  }
  const lists = partsIn(sum).map((part) => {
    const list = document.createElement("ol");
    list.append(...part.map((entry) => entryElement(entry, messages)));
    return list;
  });
  const [open, folded] = lists;
  if (open) made.append(open);
  if (folded && folded.firstChild !== null) {
    const details = document.createElement("details");
    details.append(textElement("summary", say(messages, "members.more")), folded);
    made.append(details);
  }
  return made;
}

/**
 * @param {Block} entry
 * @param {Messages} messages
 * @returns {HTMLElement} a row, with those that are folded away below it
 */
function entryElement([row = [], ...inner], messages) {
  if (inner.length === 0) return sumRow(row, messages);
  const made = document.createElement("li");
  const details = document.createElement("details");
  details.open = row.some(([name]) => name.endsWith(".alarm"));
  const summary = document.createElement("summary");
  summary.append(...rowElement(row).childNodes);
  const list = document.createElement("ol");
  list.append(...inner.map((each) => sumRow(each, messages)));
  details.append(summary, list);
  made.append(details);
  return made;
}

/**
 * @param {readonly ShownFact[]} row
 * @param {Messages} messages
 * @returns {HTMLElement} what has a word in front of it stands after what has none
 */
function sumRow(row, messages) {
  const made = rowElement(row.filter(([name]) => labelIn(name, messages) === ""));
  const terms = document.createElement("dl");
  for (const fact of row) {
    const label = labelIn(fact[0], messages);
    if (label === "") continue;
    const term = document.createElement("div");
    const [shown] = rowElement([fact]).children;
    const told = textElement("dd", fact[1]);
    if (fact[2] === undefined) told.dataset.fact = fact[0];
    else if (shown) told.replaceChildren(shown);
    term.append(textElement("dt", label), told);
    terms.append(term);
  }
  if (terms.firstChild !== null) made.append(terms);
  return made;
}

/**
 * @param {Shape | string} shape
 * @returns {Node}
 */
function drawn(shape) {
  if (typeof shape === "string") return document.createTextNode(shape);
  const made = document.createElementNS("http://www.w3.org/2000/svg", shape.tag);
  for (const [name, value] of shape.attributes) made.setAttribute(name, value);
  made.append(...shape.children.map(drawn));
  return made;
}
