// fw.bindings: variables that show without a script of the page.
//   apply(scope, values)  on an element: `--id` and `--hf-var-id`; in it: data-var-text and data-var-src. Each element is
//                         filled once. For an instance it is called before the instance's first script
//   settle()              the page's own once more, when everything is loaded
// The page's root has its properties, and each element its text, before the next script of the document runs: the
// parser lets observers speak before it runs one.
{
  const BOUND = "[data-var-text], [data-var-src]";
  const SOURCES = "img, video, audio, source";
  const CODE = "script, style";
  const SAFE = ["http:", "https:", "blob:", "data:"];
  // Names by which a page around a composition calls its own colours: where it does, those win.
  const THEME = ["accent", "accent-2", "accent-3", "accent2", "bg", "border", "brand", "fg", "ink", "muted", "primary", "secondary", "surface", "tertiary", "text"];
  const { URL } = window;
  const { entries } = Object;
  const { stringify } = JSON;
  /** @type {WeakSet<Element>} */
  const filled = new WeakSet();
  /** Filled, but the parser may still bring more of what they hold. @type {Set<Element>} */
  const coming = new Set();
  /** @type {WeakSet<Element>} */
  const dressed = new WeakSet();

  /** @param {any} value @returns {string | null} */
  const said = (value) => {
    if (value === null || value === undefined) return null;
    if (typeof value !== "object") return String(value);
    return typeof value.name === "string" ? value.name : stringify(value);
  };

  /** Names of a theme that were set, for a second look once all style sheets are there. @type {{element: HTMLElement, name: string, text: string}[]} */
  const themed = [];

  /** @param {{element: HTMLElement, name: string, text: string}} of */
  const theme = ({ element, name, text }) => {
    const { style } = element;
    if (style.getPropertyValue(name) !== "" && style.getPropertyValue(name) !== text) return;
    style.removeProperty(name);
    if (fw.natives.getComputedStyle(element).getPropertyValue(name).trim() === "") style.setProperty(name, text);
  };

  /** @param {Element} element @param {Record<string, unknown>} values */
  const dress = (element, values) => {
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) return;
    dressed.add(element);
    const known = themed.length;
    for (const [id, value] of entries(values)) {
      const text = typeof value === "object" ? /** @type {any} */ (value)?.name : said(value);
      if (typeof text !== "string") continue;
      const slug = id.toLowerCase().replace(/[^a-z0-9-]/g, "-");
      element.style.setProperty(`--hf-var-${slug}`, text);
      for (const name of new Set([id, slug])) {
        if (!THEME.includes(name)) element.style.setProperty(`--${name}`, text);
        else themed.push({ element: /** @type {HTMLElement} */ (element), name: `--${name}`, text });
      }
    }
    themed.slice(known).forEach(theme);
  };

  /** Its own text; what it holds besides stays. @param {Element} element @param {string} text */
  const write = (element, text) => {
    const own = /** @type {Text[]} */ (Array.from(element.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE));
    const first = own.find(({ data }) => data.trim() !== "") ?? own[0];
    if (!first) element.prepend(text);
    else if (first.data !== text) first.data = text;
    for (const other of own) if (other !== first && other.data.trim() !== "") other.data = "";
  };

  /** @param {Element} element @param {string} id @param {any} value */
  const link = (element, id, value) => {
    const address = typeof value === "string" ? value : value?.url;
    if (!element.matches(SOURCES)) {
      fw.notices.add("VARIABLE_PLACE", "data-var-src is for img, video, audio and source: it is left out here.", element);
      return;
    }
    /** @type {URL | null} */
    let url = null;
    try {
      url = new URL(address, document.baseURI);
    } catch {
      // It stays null, and is refused.
    }
    if (typeof address !== "string" || url === null || !SAFE.includes(url.protocol)) {
      fw.notices.add("VARIABLE_ADDRESS", `The variable '${id}' is no address that a picture or a sound may have: what is written in src stays.`, element);
      return;
    }
    const parent = element.parentElement;
    const pictured = parent?.localName === "picture" && element.localName === "source";
    if (!pictured && element.getAttribute("src") !== address) element.setAttribute("src", address);
    if (pictured || element.hasAttribute("srcset")) {
      // It counts more than src; and were it only taken away, Chromium would keep the density that it gave.
      element.setAttribute("srcset", `${url.href.replace(/,$/, "%2C")} 1x`);
      element.removeAttribute("sizes");
    }
    if (element.localName === "source" && parent instanceof HTMLMediaElement) parent.load();
  };

  /** Whether the parser has gone on to what follows it. @param {Element} element */
  const whole = (element) => {
    if (document.readyState !== "loading") return true;
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) if (at.nextSibling) return true;
    return false;
  };

  /** @param {Element} element @param {Record<string, unknown>} values */
  const text = (element, values) => {
    const id = element.getAttribute("data-var-text");
    const told = id === null ? null : said(values[id]);
    if (told === null) return;
    if (element.matches(CODE)) fw.notices.add("VARIABLE_PLACE", "data-var-text writes no scripts and no styles: it is left out here.", element);
    else write(element, told);
  };

  /** @param {Element} element @param {Record<string, unknown>} values */
  const fill = (element, values) => {
    const source = element.getAttribute("data-var-src");
    const wanted = source === null ? null : values[source];
    if (!filled.has(element)) {
      filled.add(element);
      if (source !== null && wanted !== null && wanted !== undefined) link(element, source, wanted);
      coming.add(element);
    }
    if (!coming.has(element)) return;
    text(element, values);
    if (whole(element)) coming.delete(element);
  };

  /** @param {Element} scope @param {Record<string, unknown>} values */
  const apply = (scope, values) => {
    dress(scope, values);
    for (const element of [scope, ...scope.querySelectorAll(BOUND)]) if (element.matches(BOUND)) fill(element, values);
  };

  /** An instance is filled with its own. @param {Element} element */
  const ofPage = (element) => !fw.instances?.of(element);

  /** @param {Document | ShadowRoot} scope */
  const fillPage = (scope) => {
    const root = fw.roots.find();
    const bound = Array.from(scope.querySelectorAll(BOUND)).filter((element) => !filled.has(element) || coming.has(element));
    const bare = root !== null && !dressed.has(root);
    if (!bare && bound.length === 0) return;
    const values = fw.variables.page();
    if (bare) dress(root, values);
    for (const element of bound) if (ofPage(element)) fill(element, values);
  };

  const observer = new MutationObserver(() => fillPage(document));
  observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-composition-id"] });
  document.addEventListener("DOMContentLoaded", () => fillPage(document), { capture: true, once: true });

  const settle = () => {
    fw.variables.inspect();
    for (const scope of fw.shadows.roots()) fillPage(scope);
    themed.splice(0).forEach(theme);
    // Nothing that the page adds from now on has anything to show.
    if (Object.keys(fw.variables.page()).length === 0) observer.disconnect();
  };

  fw.bindings = { apply, settle };
}
