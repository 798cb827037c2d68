// fw.texts: what the page writes, in groups of one style. Which font draws a letter only the browser can say, node by node;
// so each group has a few nodes in which all of its letters occur.
//   styles()   [{font, families, letters}]: every style in use, with its letters
//   groups()   what text asks for, of this document:
//              [{families, element, laid, faces: {loaded, failed, other}, there, samples: [pseudo, …]}]
//   samples()  the nodes of those samples, in that order, once: text nodes, or the elements of pseudo-elements and fields
//   later()    warns of families that are nowhere and that only elements ask for which have come since
//   plain(family)  a name without its quotes
{
  const { natives } = fw;
  const MOST_ELEMENTS = 20_000;
  const MOST_GROUPS = 400;
  const MOST_SAMPLES_OF_GROUP = 6;
  const MOST_SAMPLES = 200;
  const MOST_LETTERS = 5000;
  const FIELDS = "input, textarea, select";
  const NAMES = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,"']+)/g;

  /** Names of a computed list of families. @param {string} list */
  const split = (list) =>
    Array.from(list.matchAll(NAMES), (match) => (match[1] ?? match[2] ?? match[3]).replace(/\\(.)/g, "$1").trim()).filter(Boolean);

  /** @param {string} family */
  const plain = (family) => split(family)[0] ?? "";

  /** @typedef {{families: string[], font: string, element: Element, laid: boolean, letters: Set<string>, samples: {node: Node, pseudo: string}[]}} Group */

  /** What one element writes itself, each piece with the node in which it stands. @param {Element} element */
  const pieces = (element) => {
    /** @type {{node: Node, pseudo: string, text: string, style: CSSStyleDeclaration | null}[]} */
    const found = [];
    for (const node of element.childNodes) {
      const text = node.nodeType === Node.TEXT_NODE ? (node.nodeValue ?? "") : "";
      if (text.trim() !== "") found.push({ node, pseudo: "", text, style: null });
    }
    if (element.matches(FIELDS)) {
      const field = /** @type {any} */ (element);
      found.push({ node: element, pseudo: "", text: `${field.value ?? ""}${field.placeholder ?? ""} `, style: null });
    }
    for (const pseudo of ["before", "after"]) {
      const style = natives.getComputedStyle(element, `::${pseudo}`);
      if (style.content.includes('"')) found.push({ node: element, pseudo, text: style.content, style });
    }
    return found;
  };

  /** Families that were asked for, in lower case. @type {Set<string>} */
  const known = new Set();
  /** @type {WeakSet<Element>} */
  const seen = new WeakSet();

  /** Every style in use, or only those of elements that were not seen before. @returns {Map<string, Group>} */
  const scan = (onlyNew = false) => {
    /** @type {Map<string, Group>} */
    const found = new Map();
    let visited = 0;
    let samples = 0;
    for (const root of [...fw.shadows.roots(), ...fw.subtitles.roots()]) {
      for (const element of root.querySelectorAll("*")) {
        if (++visited > MOST_ELEMENTS) return found;
        if (onlyNew && seen.has(element)) continue;
        seen.add(element);
        if (element.matches("script, style, noscript, template, title")) continue;
        const written = pieces(element);
        if (written.length === 0) continue;
        const laid = element.checkVisibility();
        for (const { node, pseudo, text, style } of written) {
          const { fontStyle, fontWeight, fontFamily } = style ?? natives.getComputedStyle(element);
          const font = `${fontStyle} ${fontWeight} 16px ${fontFamily}`;
          let group = found.get(font);
          if (!group) {
            if (found.size >= MOST_GROUPS) continue;
            found.set(font, (group = { families: split(fontFamily), font, element, laid, letters: new Set(), samples: [] }));
          }
          const before = group.letters.size;
          if (before < MOST_LETTERS) for (const letter of text.slice(0, MOST_LETTERS)) group.letters.add(letter);
          if (!laid || group.samples.length >= MOST_SAMPLES_OF_GROUP || samples >= MOST_SAMPLES) continue;
          if (group.letters.size === before && group.samples.length > 0) continue;
          if (group.samples.length === 0) group.element = element;
          group.laid = true;
          group.samples.push({ node, pseudo });
          samples += 1;
        }
      }
    }
    return found;
  };

  /** @param {string} family */
  const faces = (family) => {
    const wanted = family.toLowerCase();
    const found = { loaded: 0, failed: 0, other: 0 };
    for (const face of document.fonts) {
      if (plain(face.family).toLowerCase() !== wanted) continue;
      if (face.status === "loaded") found.loaded += 1;
      else if (face.status === "error") found.failed += 1;
      else found.other += 1;
    }
    return found;
  };

  /** Whether a family draws anything, for text that is not laid out: it then is as wide as no other family.
   * @param {string} family */
  const isThere = (family) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    if (!context) return null;
    const width = (/** @type {string} */ list) => {
      context.font = `72px ${list}`;
      return context.measureText("mmmwwwiiiWQ1078&@").width;
    };
    return ["monospace", "serif"].some((other) => width(`${JSON.stringify(family)}, ${other}`) !== width(other));
  };

  /** @type {Node[]} */
  let sampled = [];

  const groups = () => {
    sampled = [];
    return Array.from(scan().values(), ({ families, element, laid, samples }) => {
      sampled.push(...samples.map(({ node }) => node));
      return {
        families,
        element: fw.notices.pointAt(element),
        laid,
        faces: faces(families[0] ?? ""),
        there: laid ? null : isThere(families[0] ?? ""),
        samples: samples.map(({ pseudo }) => pseudo),
      };
    });
  };

  const samples = () => {
    const taken = sampled;
    sampled = [];
    return taken;
  };

  const styles = () => {
    const found = Array.from(scan().values());
    for (const { families } of found) known.add((families[0] ?? "").toLowerCase());
    return found;
  };

  let second = 0;

  const later = () => {
    // Once a second of the clock: what is gone by then few have read.
    const now = Math.floor(fw.time.now / 1000);
    if (now === second) return;
    second = now;
    for (const { families, element } of scan(true).values()) {
      const family = families[0] ?? "";
      if (known.has(family.toLowerCase())) continue;
      known.add(family.toLowerCase());
      const { loaded, failed, other } = faces(family);
      if (loaded + failed + other > 0 || isThere(family) !== false) continue;
      fw.notices.add("FONT_SUBSTITUTED", `The font '${family}' is not there: another font draws this text; link it by @font-face, or put its file into the folder that FRAMEWRIGHT_FONTS names.`, element);
    }
  };

  fw.texts = { styles, groups, samples, later, plain };
}
