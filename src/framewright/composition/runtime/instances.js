// fw.instances: the sub-compositions that stand in this document, one for each host.
// An instance is {host, root, id, number, file, chain, variables, registries, mentions, localTime(seconds), pageTime(seconds)}:
//   host, root   the element that carries it, and its own outermost composition (the host itself when it has none)
//   file, chain  address of its file; the files above it, outermost first, itself last
//   registries   the objects in which its scripts register timelines, newest first; mentions: whether they speak of any
//   localTime    seconds on its clock for seconds of the page; pageTime: the other way, without limits
// Parts:
//   create(host, told)  makes one of these
//   of(node)            the instance that a node sits in; null for the page itself. A host sits in the instance around it
//   at(host)            the instance that this element is the host of
//   isRoot(element)     whether it is the outermost composition of an instance, other than its host
//   claim(player, instance)   a player of a library that a script of an instance has registered
//   timeOf(player, seconds)   seconds on the clock of the instance that has claimed it, else the page's
//   all()               in the order in which they were made
//   current             the one whose script is running, as far as that is known
//   inside(instance, call)   the answer of call(), made on behalf of an instance (null: of the page)
{
  const MARK = "data-framewright-instance";
  // Sums of decimals come out as they were meant: a tween at 1 s is not missed at 0.9999999999999999.
  const PARTS = 1e9;

  /** @type {WeakMap<Element, FwInstance>} */
  const hosts = new WeakMap();
  /** @type {WeakSet<Element>} */
  const roots = new WeakSet();
  /** @type {WeakMap<object, FwInstance>} */
  const owners = new WeakMap();
  /** @type {FwInstance[]} */
  const all = [];
  /** @type {FwInstance | null} */
  let current = null;

  /** Also out of a shadow. @param {Node} node @returns {Node | null} */
  const above = (node) => node.parentNode ?? /** @type {any} */ (node).host ?? null;

  /** @param {Node} node */
  const of = (node) => {
    if (all.length === 0) return null;
    for (let at = above(node); at; at = above(at)) {
      const found = hosts.get(/** @type {Element} */ (at));
      if (found) return found;
    }
    return null;
  };

  /** @param {HTMLElement} host @param {{root: HTMLElement, file: string, chain: string[], variables: object}} told */
  const create = (host, { root, file, chain, variables }) => {
    const number = all.length + 1;
    const id = root.getAttribute("data-composition-id") ?? host.getAttribute("data-composition-id") ?? "";
    /** @type {FwInstance} */
    const instance = {
      host,
      root,
      id,
      number,
      file,
      chain,
      variables,
      registries: [{}],
      mentions: false,
      localTime: (seconds) => Math.round(fw.references.local(host, seconds) * PARTS) / PARTS,
      pageTime(seconds) {
        const { zero, rate } = fw.references.line(host);
        return zero + seconds / rate;
      },
    };
    host.setAttribute(MARK, String(number));
    hosts.set(host, instance);
    if (root !== host) roots.add(root);
    all.push(instance);
    return instance;
  };

  /** @template T @param {FwInstance | null} instance @param {() => T} call @returns {T} */
  const inside = (instance, call) => {
    const before = current;
    current = instance;
    try {
      return call();
    } finally {
      current = before;
    }
  };

  fw.instances = {
    create,
    of,
    at: (host) => hosts.get(host) ?? null,
    isRoot: (element) => roots.has(element),
    claim(player, instance) {
      if (player !== null && (typeof player === "object" || typeof player === "function")) owners.set(player, instance);
    },
    timeOf: (player, seconds) => owners.get(player)?.localTime(seconds) ?? seconds,
    all: () => all,
    get current() {
      return current;
    },
    inside,
  };
}
