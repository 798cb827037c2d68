// fw.subfiles: files of sub-compositions, read by the browser's own parser and made ready to be put into any host.
//   read(address)             {file, content, declared, classes, lines}, or {code, message} of what is wrong with it
//   inline(template, file)    the same of a <template> in a page or in another file
//   fetch(address)            resolves when a file of another server can be read; the project's own are read at once
//   text(address)             the text of a file; null when it is not there
// content: what the file shows, with the styles and scripts of its head in front. Scripts in it never run by themselves;
// relative addresses are whole; linked style sheets of the project are <style> elements.
// declared: its data-composition-variables, parsed; classes: those of its <html> and <body>; lines: where its scripts begin.
{
  const WAIT = 30;
  const MOST_IMPORTS = 8;
  const IMPORT = /@import\s+(?:url\(\s*)?(?:"([^"]*)"|'([^']*)'|([^"'()\s;]+))\s*\)?\s*([^;]*);/gi;
  const HEAD = "style, link[rel~=stylesheet], script[src]";

  /** @typedef {{file: string, content: DocumentFragment, declared: unknown, classes: string[], lines: number[]}} Subfile */

  /** @typedef {{code: string, message: string}} Problem */

  /** What other servers have answered. @type {Map<string, string | null>} */
  const fetched = new Map();

  /** @param {string} address */
  const fetch = async (address) => {
    if (fw.addresses.isOfProject(address) || fetched.has(address)) return;
    fetched.set(address, null);
    const answer = fw.natives.fetch(address).then(async (/** @type {Response} */ response) => {
      if (response.ok) fetched.set(address, await response.text());
    });
    await fw.waits.within(answer, WAIT);
  };

  /** @param {string} address @returns {string | null} */
  const text = (address) => (fw.addresses.isOfProject(address) ? fw.natives.request("GET", address) : (fetched.get(address) ?? null));

  /** @type {Set<string>} */
  const linked = new Set();
  /** A sheet that cannot be read from here stays a sheet of the whole page. @param {string} address */
  const link = (address) => {
    if (linked.has(address)) return;
    linked.add(address);
    const element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = address;
    document.head.append(element);
  };

  const { isOfProject } = fw.addresses;

  /** With what it imports from the project in its place. @param {string} css @param {string} file @param {number} depth @returns {string} */
  const sheet = (css, file, depth = 0) => {
    let whole = css;
    for (const [rule, double, single, bare, media] of css.matchAll(IMPORT)) {
      const address = new URL(fw.addresses.choose(double ?? single ?? bare, file, fw.addresses.base()), file).href;
      let imported = "";
      if (!isOfProject(address)) link(address);
      else if (depth < MOST_IMPORTS) imported = sheet(text(address) ?? "", address, depth + 1);
      whole = whole.replace(rule, () => (media.trim() && imported ? `@media ${media} {${imported}}` : imported));
    }
    return fw.addresses.settleCss(whole, file);
  };

  /** @param {DocumentFragment} content @param {string} file */
  const readStyles = (content, file) => {
    for (const element of content.querySelectorAll("link[rel~=stylesheet][href]")) {
      const address = element.getAttribute("href") ?? "";
      if (!isOfProject(address)) {
        link(address);
        element.remove();
        continue;
      }
      const style = content.ownerDocument.createElement("style");
      for (const { name, value } of element.attributes) if (!["rel", "href", "type"].includes(name)) style.setAttribute(name, value);
      style.textContent = sheet(text(address) ?? "", new URL(address, document.baseURI).href);
      element.replaceWith(style);
    }
    for (const style of content.querySelectorAll("style")) style.textContent = sheet(style.textContent ?? "", file);
  };

  /** The parser of innerHTML marks scripts as run. @param {DocumentFragment} content */
  const disarm = (content) => {
    const holder = content.ownerDocument.createElement("div");
    for (const script of content.querySelectorAll("script")) {
      holder.innerHTML = "<script><\/script>";
      const inert = /** @type {HTMLScriptElement} */ (holder.firstChild);
      for (const { name, value } of script.attributes) inert.setAttribute(name, value);
      inert.textContent = script.textContent;
      script.replaceWith(inert);
    }
  };

  /** @param {DocumentFragment} content @param {string} file @param {string} source @param {Element[]} declaring @returns {Subfile} */
  const finish = (content, file, source, declaring) => {
    disarm(content);
    fw.addresses.settle(content, file);
    readStyles(content, file);
    let from = 0;
    const lines = Array.from(content.querySelectorAll("script"), ({ textContent }) => {
      const at = source.indexOf(textContent ?? "", from);
      if (at < 0) return 1;
      from = at;
      return source.slice(0, at).split("\n").length;
    });
    const written = [...declaring, ...content.children].map((one) => one.getAttribute("data-composition-variables"));
    return { file, content, declared: parsed(written.find((one) => one !== null)), classes: declaring.flatMap((one) => [...one.classList]), lines };
  };

  /** @param {string | null | undefined} written */
  const parsed = (written) => {
    try {
      return written ? JSON.parse(written) : null;
    } catch (error) {
      fw.notices.add("VARIABLES_MALFORMED", `data-composition-variables is no JSON, and is left out: ${fw.failures.said(error)}.`);
      return null;
    }
  };

  /** @param {Document} parsed */
  const chosen = (parsed) => {
    const templates = Array.from(parsed.querySelectorAll("template"));
    const whole = templates.find(({ content }) => content.querySelector("[data-composition-id]"));
    if (whole || parsed.body.querySelector("[data-composition-id]")) return whole ?? null;
    return templates[0] ?? null;
  };

  /** @param {string} address @returns {Subfile | Problem} */
  const open = (address) => {
    const source = text(address);
    if (source === null) return { code: "SUBCOMPOSITION_MISSING", message: "which is not there" };
    const read = new DOMParser().parseFromString(source, "text/html");
    const template = chosen(read);
    // Still of the document that was read, where pictures are not loaded from their relative addresses.
    const content = read.createDocumentFragment();
    const shown = template ? template.content : read.body;
    // Without a template the whole file is the composition; with one, the rest is there to look at it alone.
    content.append(...read.head.querySelectorAll(template ? HEAD : "style, link[rel~=stylesheet], script"));
    content.append(...shown.childNodes);
    if (!Array.from(content.childNodes).some(isContent)) return { code: "SUBCOMPOSITION_EMPTY", message: "which shows nothing" };
    return finish(content, address, source, [read.documentElement, read.body, ...(template ? [template] : [])]);
  };

  /** @param {Node} node */
  const isContent = (node) =>
    node.nodeType === Node.ELEMENT_NODE ? !/** @type {Element} */ (node).matches("style, link, meta, title") : node.nodeType === Node.TEXT_NODE && /\S/.test(node.nodeValue ?? "");

  /** @type {Map<string, Subfile | Problem>} */
  const files = new Map();
  /** @param {string} address */
  const read = (address) => {
    const known = files.get(address) ?? open(address);
    files.set(address, known);
    return known;
  };

  /** @type {WeakMap<HTMLTemplateElement, Subfile>} */
  const templates = new WeakMap();
  /** @param {HTMLTemplateElement} template @param {string} file */
  const inline = (template, file) => {
    const known = templates.get(template) ?? finish(/** @type {DocumentFragment} */ (template.content.cloneNode(true)), file, "", [template]);
    templates.set(template, known);
    return known;
  };

  fw.subfiles = { read, inline, fetch, text };
}
