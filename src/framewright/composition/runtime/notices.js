// fw.notices: warnings for the author, of all realms in one list.
//   add(code, message, element?)  keeps the first of equal ones, and at most 20 of one code: a page that complains in
//                                 every frame says nothing new
//   drain()                       hands over what is new
//   pointAt(element)              how people would name an element: #title, div.clip:nth-of-type(2)
{
  const MOST_OF_A_CODE = 20;
  /** @type {Map<string, Set<string>>} */
  const said = new Map();
  /** @type {{code: string, message: string, element: string | null}[]} */
  let fresh = [];

  /** @param {Element} element */
  const pointAt = (element) => {
    if (element.id) return `#${element.id}`;
    const tag = element.localName;
    const first = element.classList[0];
    const named = first ? `${tag}.${first}` : tag;
    const alike = Array.from(element.parentElement?.children ?? []).filter((child) => child.localName === tag);
    return alike.length > 1 ? `${named}:nth-of-type(${alike.indexOf(element) + 1})` : named;
  };

  /** @param {string} code @param {string} message @param {Element | null} [element] */
  const add = (code, message, element = null) => {
    const known = said.get(code) ?? new Set();
    const where = element ? pointAt(element) : null;
    const key = `${where} ${message}`;
    if (known.has(key) || known.size >= MOST_OF_A_CODE) return;
    said.set(code, known.add(key));
    fresh.push({ code, message, element: where });
  };

  const drain = () => {
    const drained = fresh;
    if (drained.length > 0) fresh = [];
    return drained;
  };

  fw.notices = fw.root === fw ? { add, drain, pointAt } : fw.root.notices;
}
