// Elements from values. Everything that a job says becomes text, never markup: names and messages are strangers' words.
//   make(tag, facts, ...children)   an element; facts: class, on (listeners), data, and attributes by their name
//   fill(element, ...children)      its children, instead of those it had
//   write(element, text)            its text, only where it differs, so that selections and readers are left in peace

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {{ on?: Record<string, (event: any) => void>, data?: Record<string, string>, [attribute: string]: unknown }} Facts */

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "rect", "line", "g", "circle", "text", "polyline"]);

/** @param {Node} element @param {Child[]} children */
const append = (element, children) => {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
};

/** @type {{
 *   <T extends keyof HTMLElementTagNameMap>(tag: T, facts?: Facts | null, ...children: Child[]): HTMLElementTagNameMap[T],
 *   (tag: string, facts?: Facts | null, ...children: Child[]): any,
 * }} */
export const make = (/** @type {string} */ tag, /** @type {Facts | null} */ facts = null, /** @type {Child[]} */ ...children) => {
  const element = /** @type {any} */ (DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag));
  for (const [name, value] of Object.entries(facts ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(/** @type {object} */ (value))) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
};

/** @param {Element} element @param {Child[]} children */
export const fill = (element, ...children) => {
  element.replaceChildren();
  append(element, children);
};

/** @param {Node} element @param {string} text */
export const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
