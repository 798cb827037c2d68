// fw.variables: what may differ from one video of a page to the next.
//   page()                  the values of this document by their ids, fresh at each call: the defaults that <html> and the
//                           root declare, over them their data-variable-values, over them what the render was given
//   ofHost(host, declared)  the values of one instance: the defaults that its file declares (`declared`: its
//                           data-composition-variables, parsed), over them the host's data-variable-values. What the
//                           render was given is meant for the page, and reaches an instance only through its host.
//   list()                  the page's declarations, each with its value
//   inspect()               warns of what is written wrong; once the document is there
// While the document comes in, the answer holds what has been parsed: <html> always, the root as soon as it is there.
{
  const DECLARATIONS = "data-composition-variables";
  const VALUES = "data-variable-values";
  const LONGEST = 60;
  const { parse, stringify } = JSON;
  const { entries, fromEntries } = Object;
  const { isArray } = Array;
  const supports = CSS.supports.bind(CSS);
  /** @type {Record<string, unknown>} */
  const given = parse(fw.config.variables);
  const { spare_variables: spare, written_variables: written } = fw.config;

  /** @typedef {{id: string, type: string, label: string, preset: unknown, options: unknown[]}} Declared */

  /** @param {unknown} value @param {string} name */
  const has = (value, name) => typeof (/** @type {any} */ (value)?.[name]) === "string";

  /** @type {Record<string, (value: any, options: unknown[]) => boolean>} */
  const FITS = {
    string: (value) => typeof value === "string",
    number: (value) => typeof value === "number",
    color: (value) => typeof value === "string" && supports("color", value),
    boolean: (value) => typeof value === "boolean",
    enum: (value, options) => (options.length > 0 ? options.includes(value) : typeof value === "string"),
    font: (value) => typeof value === "string" || has(value, "name"),
    image: (value) => typeof value === "string" || has(value, "url"),
  };
  /** @type {Record<string, string>} */
  const WANTED = {
    string: "a text",
    number: "a number",
    color: "a colour that CSS knows",
    boolean: "true or false",
    enum: "one of its options",
    font: "the name of a font, or an object with a name",
    image: "an address, or an object with a url",
  };
  const TYPES = Object.keys(FITS);

  /** @param {unknown} value */
  const shown = (value) => {
    const text = stringify(value) ?? "nothing";
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  };

  /** @param {Element | null} element */
  const warner = (element) => (/** @type {string} */ code, /** @type {string} */ message) => fw.notices.add(code, message, element);

  /** A cell of a table is text, whatever it means. @param {unknown} value @param {Declared} declared */
  const meant = (value, { type, options }) => {
    if (typeof value !== "string") return value;
    const text = value.trim();
    if (type === "number" && text !== "" && Math.abs(Number(text)) !== Infinity) return Number.isNaN(Number(text)) ? value : Number(text);
    if (type === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
    return type === "enum" ? (options.find((option) => String(option) === text) ?? value) : value;
  };

  /** @param {Element | null} element @param {string} name @param {(code: string, message: string) => void} warn */
  const parsed = (element, name, warn) => {
    const text = element?.getAttribute(name) ?? null;
    if (text === null || text.trim() === "") return null;
    try {
      return parse(text);
    } catch (error) {
      warn("VARIABLES_MALFORMED", `${name} is no JSON, and is left out: ${fw.failures.said(error)}.`);
      return null;
    }
  };

  /** @param {unknown} entry @param {number} number @param {(code: string, message: string) => void} warn @returns {Declared | null} */
  const declaration = (entry, number, warn) => {
    const { id, type, label, default: preset, options } = /** @type {any} */ (entry ?? {});
    if (typeof id !== "string" || id === "") {
      warn("VARIABLE_INVALID", `Variable ${number} of ${DECLARATIONS} has no id, and is left out.`);
      return null;
    }
    const known = TYPES.includes(type);
    if (!known) warn("VARIABLE_INVALID", `The variable '${id}' has the type ${shown(type)}: use ${TYPES.join(", ")}.`);
    // Options are {value, label}, or bare values.
    const choices = isArray(options) ? options.map((one) => (one && typeof one === "object" ? one.value : one)) : [];
    const found = { id, type: known ? type : "string", label: typeof label === "string" ? label : id, preset, options: choices };
    if (preset === undefined) warn("VARIABLE_INVALID", `The variable '${id}' has no default.`);
    else if (known && !FITS[type](preset, choices)) {
      warn("VARIABLE_INVALID", `The default of the variable '${id}' is ${shown(preset)}, which is not ${WANTED[type]}.`);
    }
    return found;
  };

  /** @param {unknown} list @param {(code: string, message: string) => void} warn @returns {Declared[]} */
  const declarations = (list, warn) => {
    if (list === null || list === undefined) return [];
    if (!isArray(list)) {
      warn("VARIABLES_MALFORMED", `${DECLARATIONS} is left out: write a list of {"id", "type", "label", "default"}.`);
      return [];
    }
    return list.map((entry, place) => declaration(entry, place + 1, warn)).filter((one) => one !== null);
  };

  /** @param {Element | null} element @param {(code: string, message: string) => void} warn @returns {Record<string, unknown>} */
  const values = (element, warn) => {
    const found = parsed(element, VALUES, warn);
    if (found === null) return {};
    if (typeof found === "object" && !isArray(found)) return found;
    warn("VARIABLES_MALFORMED", `${VALUES} is left out: write an object such as {"title": "Hello"}.`);
    return {};
  };

  /** @param {Declared[]} declared @param {Record<string, unknown>} own @param {readonly string[]} ignored @param {(code: string, message: string) => void} warn */
  const judge = (declared, own, ignored, warn) => {
    for (const [id, value] of entries(own)) {
      const found = declared.find((one) => one.id === id);
      if (found && !FITS[found.type](value, found.options)) {
        warn("VARIABLE_TYPE", `The variable '${id}' is ${shown(value)}, which is not ${WANTED[found.type]}.`);
      }
      // A page that declares none reads whatever it is given.
      if (!found && declared.length > 0 && !ignored.includes(id)) {
        const known = declared.map((one) => one.id).join(", ");
        warn("VARIABLE_UNKNOWN", `There is no variable '${id}': the composition declares ${known}.`);
      }
    }
  };

  /** @param {Declared[]} declared @param {Record<string, unknown>[]} layers */
  const merged = (declared, layers) => {
    /** @type {Map<string, unknown>} */
    const found = new Map();
    for (const { id, preset } of declared) if (preset !== undefined) found.set(id, preset);
    for (const layer of layers) for (const [id, value] of entries(layer)) found.set(id, value);
    // As own properties whatever their names, and of nobody else's objects.
    return parse(stringify(fromEntries(found)));
  };

  const silent = () => undefined;

  const places = () => {
    const root = fw.roots.find();
    return root && root !== document.documentElement ? [document.documentElement, root] : [document.documentElement];
  };

  /** Of the page: what the root declares takes the place of what <html> declares. @param {(element: Element) => (code: string, message: string) => void} warn */
  const read = (warn) => {
    const elements = places();
    /** @type {Map<string, Declared>} */
    const found = new Map();
    for (const element of elements) {
      for (const one of declarations(parsed(element, DECLARATIONS, warn(element)), warn(element))) found.set(one.id, one);
    }
    const declared = Array.from(found.values());
    const own = elements.map((element) => values(element, warn(element)));
    const told = entries(given).map(([id, value]) => {
      const known = written && declared.find((one) => one.id === id);
      return [id, known ? meant(value, known) : value];
    });
    return { elements, declared, own, told: /** @type {Record<string, unknown>} */ (fromEntries(told)) };
  };

  const page = () => {
    const { declared, own, told } = read(() => silent);
    return merged(declared, [...own, told]);
  };

  const inspect = () => {
    const { elements, declared, own, told } = read(warner);
    elements.forEach((element, place) => judge(declared, own[place], [], warner(element)));
    // A frame of the page reads what it knows; the rest is for the page around it.
    if (fw.root === fw) judge(declared, told, spare, warner(null));
  };

  /** @param {Element} host @param {unknown} declared */
  const ofHost = (host, declared) => {
    const warn = warner(host);
    const known = declarations(declared, warn);
    const own = values(host, warn);
    judge(known, own, [], warn);
    return merged(known, [own]);
  };

  const list = () => {
    const now = page();
    return read(() => silent).declared.map(({ id, type, label, preset, options }) => {
      const told = { id, type, label, default: preset ?? null, value: now[id] ?? null, options };
      return parse(stringify(told));
    });
  };

  fw.variables = { page, ofHost, list, inspect };
}
