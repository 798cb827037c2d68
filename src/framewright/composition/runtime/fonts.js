// fw.fonts: the fonts that the page asks for, and whether they are there. Which font draws a letter only the browser can
// say, node by node; so text is put into groups of one style, each with a few nodes in which all of its letters occur.
//   wait()     loads every font that is asked for, with the letters that it is asked for, and waits for them
//   late()     null, or a promise of fonts that are asked for only since the page has moved
//   groups()   what text asks for, of this document:
//              [{families, element, laid, faces: {loaded, failed, other}, there, samples: [pseudo, …]}]
//   samples()  the nodes of those samples, in that order, once: text nodes, or the elements of pseudo-elements and fields
//   provide()  declares the faces of config.font_faces, as a style sheet of the page would; those of families that the
//              page declares itself are taken back by settle()
{
  const { natives } = fw;
  const { load } = FontFaceSet.prototype;
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

  /** Every style in use. @returns {Map<string, Group>} */
  const scan = () => {
    /** @type {Map<string, Group>} */
    const found = new Map();
    let visited = 0;
    let samples = 0;
    for (const root of fw.shadows.roots()) {
      for (const element of root.querySelectorAll("*")) {
        if (++visited > MOST_ELEMENTS) return found;
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
          const known = group.letters.size;
          if (known < MOST_LETTERS) for (const letter of text.slice(0, MOST_LETTERS)) group.letters.add(letter);
          if (!laid || group.samples.length >= MOST_SAMPLES_OF_GROUP || samples >= MOST_SAMPLES) continue;
          if (group.letters.size === known && group.samples.length > 0) continue;
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

  /** Those of config.font_faces that are in use. @type {FontFace[]} */
  let provided = [];

  const provide = () => {
    if (!fw.config.font_faces) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(fw.config.font_faces);
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      const told = (/** @type {string} */ name) => rule.style.getPropertyValue(name) || undefined;
      const descriptors = { weight: told("font-weight"), style: told("font-style"), stretch: told("font-stretch"), unicodeRange: told("unicode-range") };
      const known = Object.fromEntries(Object.entries(descriptors).filter(([, value]) => value !== undefined));
      const face = new FontFace(plain(rule.style.getPropertyValue("font-family")), rule.style.getPropertyValue("src"), known);
      document.fonts.add(face);
      provided.push(face);
    }
  };

  const settle = () => {
    const ours = new Set(provided);
    const declared = new Set(Array.from(document.fonts).filter((face) => !ours.has(face)).map((face) => plain(face.family).toLowerCase()));
    provided = provided.filter((face) => {
      if (!declared.has(plain(face.family).toLowerCase())) return true;
      document.fonts.delete(face);
      return false;
    });
  };

  const failed = new Set();
  const tellFailures = () => {
    for (const face of document.fonts) {
      if (face.status !== "error" || failed.has(plain(face.family))) continue;
      failed.add(plain(face.family));
      fw.notices.add("FONT_FAILED", `The font '${plain(face.family)}' could not be loaded: another one takes its place.`);
    }
  };

  /** @param {Promise<unknown>} promise */
  const within = async (promise) => {
    const limit = fw.config.font_timeout;
    const there = await fw.waits.within(promise, limit);
    tellFailures();
    if (there) return;
    const loading = Array.from(document.fonts).filter((face) => face.status === "loading");
    const names = Array.from(new Set(loading.map((face) => plain(face.family)))).join(", ") || "of the page";
    fw.notices.add("FONT_TIMEOUT", `The font ${names} did not load within ${limit} s: another one takes its place.`);
  };

  const wait = async () => {
    settle();
    const asked = Array.from(scan().values(), ({ font, letters }) => load.call(document.fonts, font, Array.from(letters).join("") || " ").catch(() => []));
    await within(Promise.all(asked).then(() => document.fonts.ready));
  };

  /** A font that did not come in time is not waited for in every frame. */
  let patience = 3;
  /** Faces that may still be asked for. @type {FontFace[] | null} */
  let unloaded = null;
  let size = -1;

  const late = () => {
    if (patience === 0 || document.fonts.size === 0) return null;
    if (unloaded === null || size !== document.fonts.size) {
      unloaded = Array.from(document.fonts);
      size = document.fonts.size;
    }
    unloaded = unloaded.filter((face) => face.status === "unloaded" || face.status === "loading");
    if (unloaded.length === 0) return null;
    // Asking for this promise lays the page out, and that makes the browser load what the layout needs.
    const ready = document.fonts.ready;
    if (document.fonts.status !== "loading") return null;
    const begun = natives.now();
    return within(ready).then(() => {
      if (natives.now() - begun >= fw.config.font_timeout * 1000) patience -= 1;
    });
  };

  provide();

  fw.fonts = { wait, late, groups, samples };
}
