// fw.addresses: what a relative address in the file of a sub-composition means: a file next to it, else one below the
// project's root (the folder of the page). Both are in use among authors, so the server is asked which one is there.
//   base()                the address of the project's root
//   isOfProject(address)  whether it is of the page's own server
//   settle(scope, file)   makes the addresses of all elements below `scope` whole
//   settleCss(text, file) the text of a style sheet in which those of url() are whole
//   choose(written, first, second)   the address below `first`, else below `second`, whichever answers
{
  const { natives } = fw;
  const ATTRIBUTES = ["src", "href", "poster", "data", "srcset", "xlink:href"];
  const WHOLE = /^([a-z][a-z0-9+.-]*:|\/\/|#|$)/i;
  // Comments and strings are passed over, so that what looks like an address in them stays.
  const CSS_TOKENS = /\/\*[^]*?\*\/|url\(\s*(?:"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|([^"')\s]+))\s*\)|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/gi;
  const CANDIDATE = /(\S*[^,\s])(\s+[^,]+)?\s*(,|$)/g;

  const base = () => new URL(".", document.baseURI).href;

  const isOfProject = (/** @type {string} */ address) => new URL(address, document.baseURI).origin === location.origin;

  /** @type {Map<string, boolean>} */
  const asked = new Map();

  /** Other servers are not asked: that might take any time. @param {string} address */
  const exists = (address) => {
    if (!isOfProject(address)) return true;
    const known = asked.get(address) ?? natives.request("HEAD", address) !== null;
    asked.set(address, known);
    return known;
  };

  /** @param {string} written @param {string} first @param {string} second */
  const choose = (written, first, second) => {
    if (WHOLE.test(written)) return written;
    let near, far;
    try {
      [near, far] = [new URL(written, first).href, new URL(written, second).href];
    } catch {
      return written;
    }
    if (near === far || exists(near.split("#")[0])) return near;
    return exists(far.split("#")[0]) ? far : near;
  };

  /** @param {string} text @param {string} file */
  const settleCss = (text, file) =>
    text.replace(CSS_TOKENS, (token, double, single, bare) => {
      const written = double ?? single ?? bare;
      if (written === undefined) return token;
      return `url("${choose(written.trim(), file, base()).replaceAll('"', "%22")}")`;
    });

  /** @param {string} written @param {string} file */
  const settleSet = (written, file) =>
    written.replace(CANDIDATE, (_, address, size = "", comma) => `${choose(address, file, base())}${size}${comma}`);

  /** @param {ParentNode} scope @param {string} file */
  const settle = (scope, file) => {
    for (const element of scope.querySelectorAll("*")) {
      for (const name of ATTRIBUTES) {
        const written = element.getAttribute(name);
        // Links of people lead where the page leads.
        if (written === null || (name === "href" && element.localName === "a")) continue;
        const found = name === "srcset" ? settleSet(written, file) : choose(written.trim(), file, base());
        if (found !== written) element.setAttribute(name, found);
      }
      const style = element.getAttribute("style");
      if (style?.includes("url(")) element.setAttribute("style", settleCss(style, file));
      if (element instanceof HTMLTemplateElement) settle(element.content, file);
    }
  };

  fw.addresses = { base, isOfProject, settle, settleCss, choose };
}
