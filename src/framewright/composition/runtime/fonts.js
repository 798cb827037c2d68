// fw.fonts: the fonts of the page are there before what they draw.
//   wait()     loads every font that is asked for, with the letters that it is asked for, and waits for them
//   late()     null, or a promise of fonts that are asked for only since the page has moved
// config.font_faces are declared before the page begins, as a style sheet of it would; those of families that it declares
// itself are taken back once it is loaded.
{
  const { natives } = fw;
  const { plain } = fw.texts;
  const { load } = FontFaceSet.prototype;
  const MOST_OTHER_FACES = 24;

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

  /** @param {string} font @param {Set<string>} letters */
  const ask = (font, letters) => load.call(document.fonts, font, Array.from(letters).join("") || " ").catch(() => []);

  /** The other weights and slopes of families in use, for the same letters: what turns bold in the middle must not have
   * to come from another host by then. @param {{families: string[], letters: Set<string>}[]} styles */
  const others = (styles) => {
    /** @type {Map<string, Set<string>>} */
    const letters = new Map();
    for (const style of styles) {
      for (const family of style.families) {
        const known = letters.get(family.toLowerCase()) ?? new Set();
        for (const letter of style.letters) known.add(letter);
        letters.set(family.toLowerCase(), known);
      }
    }
    /** @type {Map<string, Set<string>>} */
    const wanted = new Map();
    for (const face of document.fonts) {
      const written = letters.get(plain(face.family).toLowerCase());
      const font = `${face.style} ${parseFloat(face.weight) || "normal"} 16px ${JSON.stringify(plain(face.family))}`;
      if (written && face.status === "unloaded" && wanted.size < MOST_OTHER_FACES) wanted.set(font, written);
    }
    return Array.from(wanted, ([font, written]) => ask(font, written));
  };

  const wait = async () => {
    settle();
    const styles = fw.texts.styles();
    const asked = styles.map(({ font, letters }) => ask(font, letters));
    await within(Promise.all([...asked, ...others(styles)]).then(() => document.fonts.ready));
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

  fw.fonts = { wait, late };
}
