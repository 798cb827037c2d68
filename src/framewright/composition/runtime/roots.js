// fw.roots: which element is the composition, and how large it is.
//   find()   the root: marked data-root="true", else the first data-composition-id; null for a plain page
//   size()   {width, height} in pixels as declared on the root, then by a Helios instance (1080×1920 for a root without a
//            size, the wish of the command line before that); null for a page that says nothing
//   lay()    forces the root to its size; may be called again
//   problems() what is written wrong on the root and cannot be guessed: [{code, message}]
{
  const { config } = fw;
  const WIDTH = 1080;
  const HEIGHT = 1920;
  /** @type {HTMLElement | null} */
  let root = null;

  /** Sub-compositions are pages of their own, with such marks of their own. @param {string} selector @returns {HTMLElement | null} */
  const first = (selector) => {
    const found = document.querySelector(selector);
    if (found === null || fw.instances.of(found) === null) return /** @type {HTMLElement | null} */ (found);
    for (const other of document.querySelectorAll(selector)) {
      if (fw.instances.of(other) === null) return /** @type {HTMLElement} */ (other);
    }
    return null;
  };

  const find = () => {
    if (root && root.isConnected) return root;
    // The first in the document has no composition above it.
    const found = first('[data-root="true"][data-composition-id]') ?? first('[data-root="true"]') ?? first("[data-composition-id]");
    // While the document comes in, one that is marked may still follow.
    root = document.readyState === "loading" ? null : found;
    return found;
  };

  /** Whole pixels, or null when nothing is written, or NaN when nonsense is. @param {string} name */
  const pixels = (name) => {
    const written = find()?.getAttribute(name);
    if (written === null || written === undefined) return null;
    const match = /^\s*(\d+(?:\.0*)?)(?:px)?\s*$/.exec(written);
    return match ? Number(match[1]) : Number.NaN;
  };

  const size = () => {
    const told = fw.helios.size();
    if (!find()) return told && { ...told, declared: true };
    const width = pixels("data-width");
    const height = pixels("data-height");
    return {
      width: width || (told?.width ?? config.width ?? WIDTH),
      height: height || (told?.height ?? config.height ?? HEIGHT),
      declared: width !== null || height !== null || told !== null,
    };
  };

  const problems = () => {
    const found = [];
    for (const name of ["data-width", "data-height"]) {
      const value = pixels(name);
      if (value === null || value >= 1) continue;
      const written = find()?.getAttribute(name);
      const message = `The root's ${name} is '${written}': give a whole number of pixels above 0.`;
      found.push({ code: "SIZE_INVALID", message });
    }
    const seconds = find()?.getAttribute("data-duration") ?? find()?.getAttribute("data-composition-duration");
    if (typeof seconds === "string" && !(Number(seconds.trim() || Number.NaN) > 0 && Number.isFinite(Number(seconds)))) {
      const message = `The root's data-duration is '${seconds}': give a number of seconds above 0.`;
      found.push({ code: "DURATION_INVALID", message });
    }
    return found;
  };

  const lay = () => {
    const element = find();
    const wanted = size();
    if (!element || !wanted) return;
    const { style } = element;
    style.setProperty("--comp-width", `${wanted.width}px`);
    style.setProperty("--comp-height", `${wanted.height}px`);
    style.setProperty("width", `${wanted.width}px`, "important");
    style.setProperty("height", `${wanted.height}px`, "important");
    style.setProperty("overflow", "hidden", "important");
    if (getComputedStyle(element).position === "static") style.setProperty("position", "relative");
  };

  // First of all listeners: the page's own, which may measure, come after it.
  document.addEventListener("DOMContentLoaded", lay, { capture: true, once: true });

  fw.roots = { find, size, lay, problems };
}
