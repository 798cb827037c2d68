// fw.scopedStyles: style sheets of a sub-composition hold for one instance only.
//   scope(text, instance, content)   the text of a sheet that means the same inside the instance and nothing outside of
//                         it; where `content`, what is about to be put in, names keyframes inline, it names the same
//   root(selector)          a selector in which html, body and :root mean the element it is asked on
// Rules go into an @scope that begins at the host and ends at hosts within; html, body and :root mean the host, since it
// stands around the composition as a body does. What CSS keeps in one list for the whole document stays outside of the
// @scope: fonts and custom properties as they are; cascade layers under a name of the file's own; keyframes under the
// name that they have, unless the page or another file means something else by it.
{
  const LIMIT = ":scope [data-framewright-instance] > *";
  const PLAIN = /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]|\\[^]|[.#:]*[-\w\u0080-\uffff]+/g;
  const OUTERMOST = new Set(["html", "body", ":root"]);
  const MOST_KNOWN = 2000;
  const BOX = ":where(:scope)";
  // "html body", "html > body": one element for us.
  const REPEATED = /(:where\(:scope\))([^\s>+~,()]*)(?:\s*>\s*|\s+):where\(:scope\)/g;

  /** @param {string} selector @param {(token: string) => string | null} other */
  const translate = (selector, other) => {
    let text = selector.replace(PLAIN, (token) => (OUTERMOST.has(token.toLowerCase()) ? BOX : (other(token) ?? token)));
    for (let before = ""; before !== text; ) [before, text] = [text, text.replace(REPEATED, "$1$2")];
    return text;
  };

  /** Callbacks of timelines ask for the same in every frame. @type {Map<string, string>} */
  const translated = new Map();
  /** @param {string} selector */
  const root = (selector) => {
    const known = translated.get(selector) ?? translate(selector, () => null);
    if (translated.size < MOST_KNOWN) translated.set(selector, known);
    return known;
  };

  /** What each name of keyframes means, and by which name it goes. @type {Map<string, string[]>} */
  const meanings = new Map();

  const readPage = () => {
    for (const sheet of document.styleSheets) {
      if (/** @type {Element | null} */ (sheet.ownerNode)?.closest("[data-framewright-instance]")) continue;
      try {
        for (const rule of sheet.cssRules) if (rule instanceof CSSKeyframesRule) know(rule);
      } catch {
        continue; // of another origin
      }
    }
  };

  /** @param {CSSKeyframesRule} rule */
  const know = ({ name, cssText }) => {
    const known = meanings.get(name) ?? [];
    meanings.set(name, known);
    const body = cssText.slice(cssText.indexOf("{"));
    if (!known.includes(body)) known.push(body);
    return known.indexOf(body);
  };

  /** @param {string} value @param {Map<string, string>} names */
  const renamed = (value, names) => value.replace(/\\.|[-\w]+/g, (word) => names.get(word) ?? word);

  /** @param {CSSStyleDeclaration} style @param {Map<string, string>} names */
  const rename = (style, names) => {
    if (names.size === 0) return;
    for (const name of [...Array.from(style), "animation"]) {
      if (name !== "animation" && name !== "animation-name" && !name.startsWith("--")) continue;
      const value = style.getPropertyValue(name);
      const changed = renamed(value, names);
      if (changed !== value) style.setProperty(name, changed, style.getPropertyPriority(name));
    }
  };

  /** @param {any} rule */
  const isOfDocument = (rule) => rule instanceof CSSFontFaceRule || rule instanceof CSSPropertyRule || rule instanceof CSSCounterStyleRule;

  /** @param {FwInstance} instance */
  const translator = (instance) => {
    const own = instance.root === instance.host ? instance.id : null;
    // Without a composition of its own inside, the host is the one that its file speaks of.
    const other = (/** @type {string} */ token) =>
      own !== null && /^\[data-composition-id=["']?(.*?)["']?\]$/.exec(token)?.[1] === own ? BOX : null;
    return (/** @type {string} */ selector) => translate(selector, other);
  };

  /** @param {string} text @param {FwInstance} instance @param {DocumentFragment} content */
  const scope = (text, instance, content) => {
    if (meanings.size === 0) readPage();
    const meant = translator(instance);
    const layers = `fw${Array.from(instance.file).reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7) >>> 0}`;
    const sheet = new CSSStyleSheet({ baseURL: instance.file });
    sheet.replaceSync(text);
    /** @type {string[]} */
    const outside = [];
    /** @type {Map<string, string>} */
    const names = new Map();

    /** Keyframes first: rules before them may use them. @param {any} group */
    const meet = (group) => {
      for (const rule of Array.from(group.cssRules)) {
        if (rule instanceof CSSKeyframesRule) {
          const meaning = know(rule);
          if (meaning > 0) names.set(rule.name, `${rule.name}-fw${meaning}`);
        } else if (/** @type {any} */ (rule).cssRules) meet(rule);
      }
    };
    meet(sheet);

    /** @param {any} rule @returns {string} */
    const told = (rule) => {
      if (rule instanceof CSSKeyframesRule) {
        rule.name = names.get(rule.name) ?? rule.name;
        for (const frame of rule.cssRules) rename(/** @type {CSSKeyframeRule} */ (frame).style, names);
        outside.push(rule.cssText);
        return "";
      }
      if (isOfDocument(rule)) {
        outside.push(rule.cssText);
        return "";
      }
      if (rule instanceof CSSLayerStatementRule) {
        outside.push(`@layer ${rule.nameList.map((name) => `${layers}.${name}`).join(", ")};`);
        return "";
      }
      if (rule instanceof CSSStyleRule) {
        adapt(rule);
        return rule.cssText;
      }
      if (!rule.cssRules) return rule.cssText;
      const inner = Array.from(rule.cssRules, told).join("\n");
      const head = rule instanceof CSSLayerBlockRule ? `@layer ${rule.name ? `${layers}.${rule.name}` : ""}` : rule.cssText.slice(0, rule.cssText.indexOf("{"));
      return `${head} {\n${inner}\n}`;
    };

    /** With the rules nested in it. @param {any} rule */
    const adapt = (rule) => {
      if (rule instanceof CSSStyleRule) rule.selectorText = meant(rule.selectorText);
      if (rule.style) rename(rule.style, names);
      for (const nested of rule.cssRules ?? []) adapt(nested);
    };

    const rules = Array.from(sheet.cssRules, told).filter((rule) => rule !== "");
    for (const element of names.size ? content.querySelectorAll("[style*=animation]") : []) {
      rename(/** @type {HTMLElement} */ (element).style, names);
    }
    return `${outside.join("\n")}\n@scope ([data-framewright-instance="${instance.number}"]) to (${LIMIT}) {\n${rules.join("\n")}\n}`;
  };

  fw.scopedStyles = { scope, root };
}
