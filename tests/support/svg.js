/**
 * Writes a drawing out as `ledger/chart.py` does; a page makes nodes of it instead.
 */

const SPELLED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const safe = (shown) => shown.replace(/[&<>"]/g, (sign) => SPELLED[sign]);

/** Return a shape as text. */
export function toSvg({ tag, attributes, children }) {
  const spelled = attributes.map(([name, text]) => ` ${name}="${safe(text)}"`).join("");
  const inner = children.map((child) => (typeof child === "string" ? safe(child) : toSvg(child)));
  return `<${tag}${spelled}>${inner.join("")}</${tag}>`;
}
