// fw.notices: warnings for the author, of all realms in one list.
//   add(code, message, element?, address?)
//                                 keeps the first of equal ones, and at most 20 of one code, then that there are more:
//                                 a page that complains in every frame says nothing new
//   drain()                       hands over what is new
//   pointAt(element, known?)      how people would name an element: #title, div.clip:nth-of-type(2); one map given for
//                                 many elements saves counting their siblings for each
{
  const MOST_OF_A_CODE = 20;
  /** @type {Map<string, Set<string>>} */
  const said = new Map();
  /** @type {FwNotice[]} */
  let fresh = [];

  /** @typedef {{counts: Map<string, number>, numbers: Map<Element, number>}} Siblings */

  /** How many children there are of each tag, and the number of each child among its like. @param {Element} parent */
  const siblings = (parent) => {
    const counts = new Map();
    const numbers = new Map();
    for (const child of Array.from(parent.children)) {
      const number = (counts.get(child.localName) ?? 0) + 1;
      counts.set(child.localName, number);
      numbers.set(child, number);
    }
    return { counts, numbers };
  };

  /** @param {Element} element @param {Map<Element, Siblings>} [known] */
  const pointAt = (element, known = new Map()) => {
    if (element.id) return `#${element.id}`;
    const tag = element.localName;
    const first = element.classList[0];
    const named = first ? `${tag}.${first}` : tag;
    const parent = element.parentElement;
    if (!parent) return named;
    const found = known.get(parent) ?? siblings(parent);
    known.set(parent, found);
    return (found.counts.get(tag) ?? 0) > 1 ? `${named}:nth-of-type(${found.numbers.get(element)})` : named;
  };

  /** @param {string} code @param {string} message @param {Element | null} [element] @param {string | null} [address] */
  const add = (code, message, element = null, address = null) => {
    const known = said.get(code) ?? new Set();
    if (known.size > MOST_OF_A_CODE) return;
    const where = element ? pointAt(element) : null;
    const key = `${where} ${message}`;
    if (known.has(key)) return;
    said.set(code, known.add(key));
    if (known.size <= MOST_OF_A_CODE) fresh.push({ code, message, element: where, address });
    else fresh.push({ code, message: `There are more like these ${MOST_OF_A_CODE}, which are not told.`, element: null, address: null });
  };

  const drain = () => {
    const drained = fresh;
    if (drained.length > 0) fresh = [];
    return drained;
  };

  fw.notices = fw.root === fw ? { add, drain, pointAt } : fw.root.notices;
}
