// fw.scopedScripts: scripts of a sub-composition run for one instance only.
//   run(instance, scripts, lines)   runs them in their order, and resolves when the last has; `lines`: where each begins
// Each is a function that gets the instance's globals by their names (scoped_globals.js); what one declares, those after it
// see. Libraries are the page's: scripts of other servers, and files that look like one, run once, for everybody. Modules run
// after the other scripts and get the same names; what they import is the page's.
{
  const { natives } = fw;
  const WAIT = 20;
  const SCRIPT = /^(|module|(text|application)\/(javascript|ecmascript|x-javascript|babel))$/i;
  const LIBRARY_FILE = /(^|\/)(node_modules|vendors?|libs?)\/|\.min\.js$/i;
  const LIBRARY_TEXT = /typeof (exports|module|define)\b|["'](object|undefined)["']\s*={2,3}\s*typeof (exports|module)\b|\bdefine\.amd\b/;
  const STRICT = /^(\s|\/\/.*|\/\*[^]*?\*\/)*["']use strict["']/;
  const RELATIVE = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{0,2}\/[^"'\n]*)\2/g;

  /** @typedef {{script: HTMLScriptElement, text: string, file: string, line: number}} Piece */

  /** @type {Map<string, Promise<void>>} */
  const libraries = new Map();

  /** @param {string} address @param {HTMLScriptElement} like */
  const load = (address, like) => {
    const there = Array.from(document.scripts).some((script) => script.src === address && fw.instances.of(script) === null);
    if (there) return Promise.resolve();
    /** @type {Promise<void>} */
    const loaded = new Promise((done) => {
      const script = document.createElement("script");
      for (const { name, value } of like.attributes) if (name !== "async" && name !== "defer") script.setAttribute(name, value);
      script.async = false;
      script.onload = () => done();
      script.onerror = () => {
        fw.notices.add("SCRIPT_MISSING", `The script ${address} could not be loaded.`, like);
        done();
      };
      document.head.append(script);
    });
    return loaded;
  };

  /** @param {string} address @param {HTMLScriptElement} like */
  const library = async (address, like) => {
    const known = libraries.get(address) ?? load(address, like);
    libraries.set(address, known);
    if (await fw.waits.within(known, WAIT)) return;
    fw.notices.add("SCRIPT_TIMEOUT", `The script ${address} did not load within ${WAIT} s.`, like);
  };

  /** Text of a script of the project; null for a library. @param {string} address */
  const own = (address) => {
    if (!fw.addresses.isOfProject(address) || LIBRARY_FILE.test(new URL(address).pathname)) return null;
    const text = fw.subfiles.text(address);
    return text === null || LIBRARY_TEXT.test(text) ? null : text;
  };

  /** A function that runs a text where the instance's names are known. @param {FwInstance} instance */
  const ground = (instance) => {
    const { names, gsap, window: view } = fw.scopedGlobals.of(instance);
    const given = { ...names, ...(gsap() ? { gsap } : {}) };
    const make = natives.evaluate(`(function (${Object.keys(given).join(", ")}) { return function () { return eval(arguments[0]) } })`);
    const run = make.apply(view, Object.values(given).map((answer) => answer()));
    return (/** @type {string} */ text) => run.call(view, text);
  };

  /** What cannot be parsed has no place yet: it is told as thrown where it begins. @param {unknown} error @param {Piece} piece */
  const placed = (error, { text, file, line }) => {
    if (!(error instanceof SyntaxError)) return error;
    try {
      natives.evaluate(`(function () {${text}\n})`);
      return error;
    } catch {
      const thrown = `throw new SyntaxError(${JSON.stringify(fw.failures.said(error))})`;
      try {
        return natives.evaluate(`${"\n".repeat(Math.max(0, line - 1))}${thrown}\n//# sourceURL=${file}`);
      } catch (told) {
        return told;
      }
    }
  };

  /** @param {FwInstance} instance @param {Piece} piece @param {() => unknown} call */
  const during = (instance, piece, call) => {
    const { state } = fw.scopedGlobals.of(instance);
    state.script = piece.script;
    try {
      return fw.instances.inside(instance, call);
    } catch (error) {
      natives.reportError(placed(error, piece));
      return null;
    } finally {
      state.script = null;
    }
  };

  /** @param {FwInstance} instance @param {Piece[]} pieces */
  const runner = (instance, pieces) => {
    const { window: view } = fw.scopedGlobals.of(instance);
    let inner = ground(instance);
    let left = pieces.length;
    return (/** @type {Piece} */ piece) => {
      const { text, file, line } = piece;
      left -= 1;
      // Strictness would go over to those after it; without any after it there is nothing to hand on.
      const handsOn = left > 0 && !STRICT.test(text);
      const tail = handsOn ? "return function () { return eval(arguments[0]) }" : "";
      const whole = `(function () {${"\n".repeat(Math.max(0, line - 1))}${text}\n${tail}}).call(this)\n//# sourceURL=${file}`;
      const next = during(instance, piece, () => inner(whole));
      if (typeof next === "function" && handsOn) inner = (further) => /** @type {any} */ (next).call(view, further);
    };
  };

  /** @param {FwInstance} instance @param {Piece} piece */
  const module = async (instance, piece) => {
    const { script, text, file, line } = piece;
    const { names, gsap } = fw.scopedGlobals.of(instance);
    const given = { ...names, ...(gsap() ? { gsap } : {}) };
    // What the module declares or imports itself it must not be given.
    const free = Object.keys(given).filter((name) => !new RegExp(`\\b(import|const|let|var|function|class)\\b[^;=(]*\\b${name}\\b`).test(text));
    const key = `_${natives.random()}`;
    Object.defineProperty(window, key, { value: Object.fromEntries(free.map((name) => [name, given[name]()])), configurable: true });
    const whole = text
      .replace(RELATIVE, (_, before, quote, address) => `${before}${quote}${new URL(address, file).href}${quote}`)
      .replaceAll("import.meta.url", JSON.stringify(file));
    // By another way than one of the names that this declares.
    const head = `const { ${free.join(", ")} } = (0, eval)("this")["${key}"];`;
    const address = URL.createObjectURL(new Blob([`${head}${"\n".repeat(Math.max(0, line - 1))}${whole}\n//# sourceURL=${file}`], { type: "text/javascript" }));
    const imported = during(instance, piece, () => natives.import(address));
    if (!(await fw.waits.within(Promise.resolve(imported).catch(natives.reportError), WAIT))) {
      fw.notices.add("SCRIPT_TIMEOUT", `The module ${file} did not end within ${WAIT} s.`, script);
    }
    delete (/** @type {any} */ (window)[key]);
    URL.revokeObjectURL(address);
  };

  /** @param {FwInstance} instance @param {HTMLScriptElement[]} scripts @param {number[]} lines */
  const run = async (instance, scripts, lines) => {
    /** @type {Piece[]} */
    const classic = [];
    /** @type {Piece[]} */
    const modules = [];
    for (const [number, script] of scripts.entries()) {
      const type = script.getAttribute("type")?.trim() ?? "";
      if (type === "importmap") {
        const map = document.createElement("script");
        map.type = type;
        map.textContent = script.textContent;
        document.head.append(map);
      }
      if (!SCRIPT.test(type) || script.noModule) continue;
      const address = script.getAttribute("src");
      const file = address === null ? instance.file : new URL(address, instance.file).href;
      const text = address === null ? script.textContent : own(file);
      if (text === null) await library(file, script);
      else (type === "module" ? modules : classic).push({ script, text, file, line: address === null ? (lines[number] ?? 1) : 1 });
    }
    instance.mentions ||= [...classic, ...modules].some(({ text }) => text.includes("__timelines"));
    const next = classic.length > 0 ? runner(instance, classic) : null;
    for (const piece of classic) {
      if (!piece.script.isConnected) continue;
      next?.(piece);
      if (fw.failures.first !== null) return;
    }
    for (const piece of modules) await module(instance, piece);
    fw.scopedGlobals.loaded(instance);
  };

  fw.scopedScripts = { run };
}
