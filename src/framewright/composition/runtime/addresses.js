// fw.addresses: what a relative address in the file of a sub-composition means: a file next to it, else one below the
// project's root (the folder of the page). Both are in use among authors, so the server is asked which one is there.
//   base()                the address of the project's root
//   settle(scope, file)   makes the addresses of all elements below `scope` whole; resolves when that is done
//   settleCss(text, file) the same for the url() of a style sheet; resolves with the new text
//   choose(written, first, second)   the address below `first`, else below `second`, whichever answers
{
  const ATTRIBUTES = ["src", "href", "poster", "data", "srcset", "xlink:href"];
  const WHOLE = /^([a-z][a-z0-9+.-]*:|\/\/|#|$)/i;
  const WAIT = 10;
  // Comments and strings are passed over, so that what looks like an address in them stays.
  const CSS_TOKENS = /\/\*[^]*?\*\/|url\(\s*(?:"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|([^"')\s]+))\s*\)|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/gi;
  const CANDIDATE = /(\S*[^,\s])(\s+[^,]+)?\s*(,|$)/g;

  const base = () => new URL(".", document.baseURI).href;

  /** @type {Map<string, Promise<boolean>>} */
  const asked = new Map();

  /** @param {string} address */
  const ask = async (address) => {
    let there = false;
    const answer = fw.natives.fetch(address, { method: "HEAD" }).then((/** @type {Response} */ { ok }) => { there = ok; });
    await fw.waits.within(answer, WAIT);
    return there;
  };

  /** @param {string} address */
  const exists = (address) => {
    const known = asked.get(address) ?? ask(address);
    asked.set(address, known);
    return known;
  };

  /** @param {string} written @param {string} first @param {string} second */
  const choose = async (written, first, second) => {
    if (WHOLE.test(written)) return written;
    let near, far;
    try {
      [near, far] = [new URL(written, first).href, new URL(written, second).href];
    } catch {
      return written;
    }
    if (near === far || (await exists(near.split("#")[0]))) return near;
    return (await exists(far.split("#")[0])) ? far : near;
  };

  /** Replaces each match by what a promise answers. @param {string} text @param {RegExp} pattern @param {(...match: any[]) => Promise<string>} answer */
  const replaced = async (text, pattern, answer) => {
    /** @type {Promise<string>[]} */
    const answers = [];
    text.replace(pattern, (...match) => (answers.push(answer(...match)), ""));
    const settled = await Promise.all(answers);
    return text.replace(pattern, () => settled.shift() ?? "");
  };

  /** @param {string} text @param {string} file */
  const settleCss = (text, file) =>
    replaced(text, CSS_TOKENS, async (token, double, single, bare) => {
      const written = double ?? single ?? bare;
      if (written === undefined) return token;
      return `url("${(await choose(written.trim(), file, base())).replaceAll('"', "%22")}")`;
    });

  /** @param {string} written @param {string} file */
  const settleSet = (written, file) =>
    replaced(written, CANDIDATE, async (_, address, size = "", comma) => `${await choose(address, file, base())}${size}${comma}`);

  /** @param {Element} element @param {string} name @param {string} written @param {string} file */
  const whole = (element, name, written, file) => {
    // Links of people lead where the page leads; a reference into the same document stays one.
    if (name === "href" && element.localName === "a") return written;
    return name === "srcset" ? settleSet(written, file) : choose(written.trim(), file, base());
  };

  /** @param {ParentNode} scope @param {string} file */
  const settle = async (scope, file) => {
    /** @param {Element} element @param {string} name */
    const change = async (element, name) => {
      const written = element.getAttribute(name);
      if (written === null) return;
      const found = await whole(element, name, written, file);
      if (found !== written) element.setAttribute(name, found);
    };
    const waiting = [];
    for (const element of scope.querySelectorAll("*")) {
      for (const name of ATTRIBUTES) if (element.hasAttribute(name)) waiting.push(change(element, name));
      const style = element.getAttribute("style");
      if (style?.includes("url(")) waiting.push(settleCss(style, file).then((text) => element.setAttribute("style", text)));
      if (element instanceof HTMLTemplateElement) waiting.push(settle(element.content, file));
    }
    await Promise.all(waiting);
  };

  fw.addresses = { base, settle, settleCss, choose };
}
