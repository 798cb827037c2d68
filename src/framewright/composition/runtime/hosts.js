// fw.hosts: sub-compositions are put into their hosts, once the page is loaded.
//   prefetch()   begins to read the files that the document names
//   assemble()   resolves with null, or with the {code, message} that forbids a render
// A host is an element with data-composition-src, or one without content whose data-composition-id X names a
// <template id="X-template">. Order is that of the document, the outer before the inner; each instance's scripts have
// run before the next one is put in.
{
  const MOST_DEPTH = 20;
  const MOST = 5000;

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
  const address = async (host) => {
    const written = host.getAttribute("data-composition-src")?.trim() ?? "";
    const around = fw.instances.of(host);
    const found = await fw.addresses.choose(written, fw.addresses.base(), around?.file ?? fw.addresses.base());
    return new URL(found, fw.addresses.base()).href;
  };

  /** As its author would write it. @param {string} file */
  const short = (file) => (file.startsWith(fw.addresses.base()) ? file.slice(fw.addresses.base().length) : file);

  /** @param {Element} host @param {string} code @param {string} what */
  const failed = (host, code, what) => ({ code, message: `The host ${fw.notices.pointAt(host)} ${what}.` });

  /** What is written wrong in the place of a host. @param {Element} host @param {string[]} chain */
  const refused = (host, chain) => {
    const file = chain[chain.length - 1];
    if (chain.indexOf(file) < chain.length - 1) {
      const way = chain.slice(chain.indexOf(file)).map(short).join(" > ");
      return failed(host, "SUBCOMPOSITION_CYCLE", `asks for ${short(file)}, which leads back to itself (${way}): take it out of one of them`);
    }
    if (chain.length > MOST_DEPTH) {
      return failed(host, "SUBCOMPOSITION_TOO_DEEP", `asks for ${short(file)}, which would be nested ${chain.length} deep: at most ${MOST_DEPTH} are put together`);
    }
    if (fw.instances.all().length >= MOST) {
      return failed(host, "SUBCOMPOSITION_TOO_MANY", `asks for ${short(file)} as number ${MOST + 1}: at most ${MOST} sub-compositions are put together`);
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

  /** @param {HTMLElement} host */
  const mount = async (host) => {
    const around = fw.instances.of(host);
    const within = template(host);
    const file = within ? (around?.file ?? document.baseURI) : await address(host);
    const chain = [...(around?.chain ?? []), within ? `${short(file)}#${within.id}` : file];
    const problem = refused(host, chain);
    if (problem) return problem;
    /** @type {any} */
    let found;
    try {
      found = await (within ? fw.subfiles.inline(within, file) : fw.subfiles.read(file));
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      if (!code) throw error;
      return failed(host, code, `asks for ${short(file)}, ${message}: put a composition there, or take the host away`);
    }
    const content = document.importNode(found.content, true);
    const variables = fw.variables.ofHost(host, found.declared);
    const instance = fw.instances.create(host, { root: outermost(content) ?? host, file, chain, variables });
    const scripts = Array.from(content.querySelectorAll("script"));
    for (const style of content.querySelectorAll("style")) {
      style.textContent = fw.scopedStyles.scope(style.textContent ?? "", instance, content);
    }
    host.classList.add(...found.classes);
    host.replaceChildren(content);
    lay(instance);
    for (const element of new Set([host, instance.root])) fw.bindings.apply(element, variables);
    await fw.scopedScripts.run(instance, scripts, found.lines);
    return null;
  };

  const assemble = async () => {
    for (let hosts = waiting(); hosts.length > 0 && fw.failures.first === null; hosts = waiting()) {
      for (const host of hosts) {
        // A script of the one before may have taken it away.
        if (!(host instanceof HTMLElement) || !host.isConnected || fw.instances.at(host)) continue;
        const failure = await mount(host);
        if (failure) return failure;
        if (fw.failures.first !== null) return null;
      }
      prefetch();
    }
    fw.windows.refresh();
    return null;
  };

  const prefetch = () => {
    for (const host of document.querySelectorAll("[data-composition-src]")) {
      if (!fw.instances.at(host)) address(host).then(fw.subfiles.read).catch(() => null);
    }
  };

  document.addEventListener("DOMContentLoaded", prefetch, { capture: true, once: true });

  fw.hosts = { prefetch, assemble };
}
