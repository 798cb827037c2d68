// fw.hosts: sub-compositions are put into their hosts.
//   assemble()   the page is loaded: resolves with null, or with the {code, message} that forbids a render
// A host is an element with data-composition-src, or one without content whose data-composition-id X names a
// <template id="X-template">. What it shows is there before the next script of the page runs, as if it had been written in
// its place: timelines of the page may move it. The parser lets observers speak before it runs a script, and files of the
// project are read without letting go. The instances' own scripts wait until the page is loaded, and run in the order of
// the document, the outer before the inner.
{
  const MOST_DEPTH = 20;
  const MOST = 5000;
  const LONGEST = 200;

  /** @param {Element} host */
  const template = (host) => {
    const id = host.getAttribute("data-composition-id");
    if (!id || host.hasAttribute("data-composition-src") || host.children.length > 0 || /\S/.test(host.textContent ?? "")) return null;
    const around = fw.instances.of(host);
    for (const found of (around?.host ?? document).querySelectorAll(`template[id="${CSS.escape(id)}-template"]`)) {
      if (fw.instances.of(found) === around) return /** @type {HTMLTemplateElement} */ (found);
    }
    const found = document.querySelector(`template[id="${CSS.escape(id)}-template"]`);
    return found instanceof HTMLTemplateElement ? found : null;
  };

  const waiting = () =>
    Array.from(document.querySelectorAll("[data-composition-src], [data-composition-id]")).filter(
      (host) => !fw.instances.at(host) && !fw.instances.isRoot(host) && (host.hasAttribute("data-composition-src") || template(host)),
    );

  /** Where the file of a host is: below the project's root, else next to the file that names it. @param {Element} host */
  const address = (host) => {
    const written = host.getAttribute("data-composition-src")?.trim() ?? "";
    const around = fw.instances.of(host);
    const found = fw.addresses.choose(written, fw.addresses.base(), around?.file ?? fw.addresses.base());
    return new URL(found, fw.addresses.base()).href;
  };

  /** As its author would write it. @param {string} file */
  const short = (file) => (file.startsWith(fw.addresses.base()) ? file.slice(fw.addresses.base().length) : file);

  /** As it is told. @param {string} file */
  const shown = (file) => (short(file).length > LONGEST ? `${short(file).slice(0, LONGEST)}…` : short(file));

  /** @param {Element} host @param {string} code @param {string} what */
  const failed = (host, code, what) => ({ code, message: `The host ${fw.notices.pointAt(host)} ${what}.` });

  /** What is written wrong in the place of a host. @param {Element} host @param {string[]} chain */
  const refused = (host, chain) => {
    const file = chain[chain.length - 1];
    if (chain.indexOf(file) < chain.length - 1) {
      const way = chain.slice(chain.indexOf(file)).map(shown).join(" > ");
      return failed(host, "SUBCOMPOSITION_CYCLE", `asks for ${shown(file)}, which leads back to itself (${way}): take it out of one of them`);
    }
    if (chain.length > MOST_DEPTH) {
      return failed(host, "SUBCOMPOSITION_TOO_DEEP", `asks for ${shown(file)}, which would be nested ${chain.length} deep: at most ${MOST_DEPTH} are put together`);
    }
    if (fw.instances.all().length >= MOST) {
      return failed(host, "SUBCOMPOSITION_TOO_MANY", `asks for ${shown(file)} as number ${MOST + 1}: at most ${MOST} sub-compositions are put together`);
    }
    return null;
  };

  /** Its own outermost composition. @param {DocumentFragment} content */
  const outermost = (content) => {
    const own = "[data-composition-id]:not([data-composition-src])";
    const first = Array.from(content.children).find((child) => child.matches(own));
    return /** @type {HTMLElement | null} */ (first ?? content.querySelector(own));
  };

  /** @param {HTMLElement} element @param {HTMLElement} from */
  const size = (element, from) => {
    for (const side of ["width", "height"]) {
      const pixels = /^\s*(\d+(?:\.\d*)?)(?:px)?\s*$/.exec(from.getAttribute(`data-${side}`) ?? "")?.[1];
      if (pixels === undefined) continue;
      if (!element.style.getPropertyValue(side)) element.style.setProperty(side, `${pixels}px`);
      element.style.setProperty(`--comp-${side}`, `${pixels}px`);
      element.style.setProperty("overflow", "hidden");
    }
  };

  /** @param {FwInstance} instance */
  const lay = ({ host, root }) => {
    size(host, host);
    if (root === host) return;
    size(root, root);
    if (getComputedStyle(root).position === "static") root.style.setProperty("position", "relative");
  };

  /** Instances whose scripts have not run. @type {{instance: FwInstance, scripts: HTMLScriptElement[], lines: number[]}[]} */
  const silent = [];

  /** @param {HTMLElement} host @param {string} file */
  const mount = (host, file) => {
    const around = fw.instances.of(host);
    const within = template(host);
    const chain = [...(around?.chain ?? []), within ? `${short(file)}#${within.id}` : file];
    const problem = refused(host, chain);
    if (problem) return problem;
    const found = within ? fw.subfiles.inline(within, file) : fw.subfiles.read(file);
    if (found.code) {
      return failed(host, found.code, `asks for ${shown(file)}, ${found.message}: put a composition there, or take the host away`);
    }
    const content = document.importNode(found.content, true);
    // A host that is the page's root stands for the page, see lone_template.js.
    const ofPage = host === fw.roots.find() ? fw.variables.page() : {};
    const variables = { ...fw.variables.ofHost(host, found.declared), ...ofPage };
    const instance = fw.instances.create(host, { root: outermost(content) ?? host, file, chain, variables });
    silent.push({ instance, scripts: Array.from(content.querySelectorAll("script")), lines: found.lines });
    for (const style of content.querySelectorAll("style")) {
      style.textContent = fw.scopedStyles.scope(style.textContent ?? "", instance, content);
    }
    host.classList.add(...found.classes);
    host.replaceChildren(content);
    lay(instance);
    for (const element of new Set([host, instance.root])) fw.bindings.apply(element, variables);
    return null;
  };

  /** @param {Element} host */
  const fileOf = (host) => (template(host) ? (fw.instances.of(host)?.file ?? document.baseURI) : address(host));

  /** The parser has gone on to what follows. @param {Element} host */
  const isWhole = (host) => {
    if (document.readyState !== "loading") return true;
    for (let at = /** @type {Element | null} */ (host); at; at = at.parentElement) if (at.nextSibling) return true;
    return false;
  };

  /** @type {{code: string, message: string} | null} */
  let failure = null;

  /** Puts in what can be read at once. */
  const fill = () => {
    for (let hosts = waiting(); hosts.length > 0 && failure === null; ) {
      const now = hosts.filter((host) => host instanceof HTMLElement && isWhole(host));
      let put = 0;
      for (const host of now) {
        const file = fileOf(host);
        if (!fw.addresses.isOfProject(file)) continue;
        failure = mount(/** @type {HTMLElement} */ (host), file);
        if (failure) return;
        put += 1;
      }
      if (put === 0) return;
      hosts = waiting();
    }
  };

  const speak = async () => {
    // In the order of the document; what scripts put in meanwhile comes last.
    const order = silent.splice(0).sort(({ instance: a }, { instance: b }) => (a.host.compareDocumentPosition(b.host) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    for (const { instance, scripts, lines } of order) {
      if (instance.host.isConnected) await fw.scopedScripts.run(instance, scripts, lines);
      if (fw.failures.first !== null) return;
    }
  };

  const fetchRemote = async () => {
    const far = waiting().filter((host) => !fw.addresses.isOfProject(fileOf(host)));
    await Promise.all(far.map((host) => fw.subfiles.fetch(fileOf(host))));
    for (const host of far) {
      failure ??= mount(/** @type {HTMLElement} */ (host), fileOf(host));
      if (failure) return;
    }
  };

  const assemble = async () => {
    observer.disconnect();
    for (fill(); failure === null && fw.failures.first === null; fill()) {
      await fetchRemote();
      if (silent.length === 0) break;
      await speak();
    }
    fw.windows.refresh();
    return failure;
  };

  // Looked for only once the parser has brought something that may be one, and until all are filled.
  let suspected = false;
  /** @param {Node} node */
  const isSuspect = (node) =>
    node instanceof Element && node.matches("[data-composition-src], [data-composition-id], template");
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) suspected ||= Array.from(addedNodes).some(isSuspect);
    if (!suspected || document.readyState !== "loading") return;
    fill();
    suspected = waiting().length > 0;
  });
  observer.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", fill, { capture: true, once: true });

  fw.hosts = { assemble };
}
