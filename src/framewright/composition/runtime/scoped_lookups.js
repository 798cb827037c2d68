// Looking for elements on behalf of an instance finds what is in it, and nothing else: querySelector(All), getElementById,
// getElementsBy… of the document, called by a script of the instance or by a library that the script has called. Selectors
// may speak of what is around; html, body and :root mean the host. Ids may repeat from instance to instance.
// For the page itself nothing changes: it finds everything.
{
  /** @type {any} */
  const prototype = Document.prototype;
  const { querySelector, querySelectorAll, getElementById } = prototype;

  /** @param {Element} element */
  const isHere = (element) => fw.instances.of(element) === fw.instances.current;

  /** @param {FwInstance} instance @param {string} selector @returns {Element[]} */
  const all = ({ host }, selector) => {
    const meant = fw.scopedStyles.root(selector);
    const found = Array.from(host.querySelectorAll(meant)).filter(isHere);
    return found.length === 0 && host.matches(meant) ? [host] : found;
  };

  /** @param {FwInstance} instance @param {string} selector */
  const first = (instance, selector) => {
    const found = instance.host.querySelector(fw.scopedStyles.root(selector));
    return found && isHere(found) ? found : (all(instance, selector)[0] ?? null);
  };

  /** A list like those of the browser. @param {Element[]} elements */
  const list = (elements) => {
    const found = Object.assign(elements, { item: (/** @type {number} */ index) => elements[index] ?? null });
    return /** @type {any} */ (found);
  };

  /** @param {string} name @param {(instance: FwInstance, given: string) => any} ours */
  const scope = (name, ours) => {
    const own = prototype[name];
    prototype[name] = function (/** @type {any[]} */ ...given) {
      const instance = this === document && given.length === 1 ? fw.instances.current : null;
      return instance ? ours(instance, String(given[0])) : own.apply(this, given);
    };
  };

  scope("querySelector", first);
  scope("querySelectorAll", (instance, selector) => list(all(instance, selector)));
  scope("getElementById", (instance, id) => {
    const quick = getElementById.call(document, id);
    return quick && isHere(quick) ? quick : id === "" ? null : first(instance, `#${CSS.escape(id)}`);
  });
  scope("getElementsByClassName", ({ host }, names) => host.getElementsByClassName(names));
  scope("getElementsByName", (instance, name) => list(all(instance, `[name="${CSS.escape(name)}"]`)));
  scope("getElementsByTagName", ({ host }, tag) => {
    if (/^(html|body)$/i.test(tag)) return list([host]);
    return /^head$/i.test(tag) ? list([document.head]) : host.getElementsByTagName(tag);
  });

  fw.lookups = {
    querySelector: (/** @type {string} */ selector) => querySelector.call(document, selector),
    querySelectorAll: (/** @type {string} */ selector) => querySelectorAll.call(document, selector),
  };
}
