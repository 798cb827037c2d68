// fw.references: when elements begin and how long they last, in seconds on the clock of the page.
//   composition(element)  the composition that it sits in, by its host where it has one; null for the page itself
//   line(composition)     its clock: {zero, rate, floor, opens, closes}. It reads (t - zero) * rate, and never less than
//                         floor; it opens and closes at these times of the page. Of null: the page's
//   local(composition, seconds)   what its clock reads at a time of the page
//   start(element)        data-start is a number, never below 0, or the end of another element: `id`, `id + 2`, `id - 2`.
//                         Media of a Helios page have data-helios-offset, and data-helios-seek for where they begin
//   duration(element)     null when nothing says it
//   end(element)          when it is over, also by the length of its timelines; null when nothing says it
//   media(element)        {offset, rate} into its source
//   forget()              what was read is read again: the document has changed; age() counts how often it was called
{
  const REFERENCE = /^(.+?)\s+([+-])\s+(\d+\.?\d*|\.\d+)$/s;
  const MEDIA = "video, audio";
  const COMPOSITIONS = "[data-composition-id], [data-composition-src]";
  /** @type {Map<Element, number>} */
  let starts = new Map();
  /** Elements whose start is being found: one that is met again waits for itself. @type {Element[]} */
  let asking = [];
  /** @type {Set<Element>} */
  let circular = new Set();
  /** @type {Map<Element, FwLine>} */
  let lines = new Map();
  let age = 0;
  /** @type {FwLine} */
  const PAGE = { zero: 0, rate: 1, floor: 0, opens: 0, closes: Infinity };

  /** @param {string | null} text */
  const number = (text) => (text === null || text.trim() === "" ? Number.NaN : Number(text));

  /** The host of the shadow that it is in. @param {Element} element */
  const hostOf = (element) => {
    const scope = element.getRootNode();
    return "host" in scope ? /** @type {ShadowRoot} */ (scope).host : null;
  };

  /** @param {Element} element */
  const composition = (element) => {
    /** @type {Element | null} */
    let above = null;
    for (let at = /** @type {Element | null} */ (element); at && !above; at = hostOf(at)) {
      above = (at === element ? at.parentElement : at)?.closest(COMPOSITIONS) ?? null;
    }
    if (above && fw.instances.isRoot(above)) above = /** @type {FwInstance} */ (fw.instances.of(above)).host;
    return above === fw.roots.find() ? null : above;
  };

  /** Whether its window hides it. @param {Element} above */
  const hides = (above) => above.hasAttribute("data-start") || fw.instances.at(above) !== null;

  /** @param {Element | null} above @returns {FwLine} */
  const line = (above) => {
    if (!above) return PAGE;
    const known = lines.get(above);
    if (known) return known;
    const outer = line(composition(above));
    const { offset, rate: own } = media(above);
    const opens = start(above);
    const rate = outer.rate * own;
    const lasts = duration(above);
    const found = {
      zero: opens - offset / rate,
      rate,
      floor: offset + Math.max(0, outer.floor - (opens - outer.zero) * outer.rate) * own,
      opens: Math.max(opens, outer.opens),
      closes: Math.min(lasts === null || !hides(above) ? Infinity : opens + lasts, outer.closes),
    };
    if (asking.length === 0 && !circular.size) lines.set(above, found);
    return found;
  };

  /** @param {Element | null} above @param {number} seconds */
  const local = (above, seconds) => {
    const { zero, rate, floor } = line(above);
    return Math.max(floor, (seconds - zero) * rate);
  };

  /** @param {Element} element @param {string} id */
  const named = (element, id) => {
    const instance = fw.instances.of(element);
    const selector = `#${CSS.escape(id)}`;
    // Ids may repeat: the nearest, but never one of another instance as long as there is one in its own. The lookups
    // find all of the document, also while it is looked at on behalf of an instance whose timeline is moved.
    for (const scope of [composition(element), instance?.host, fw.lookups]) {
      for (const found of scope?.querySelectorAll(selector) ?? []) if (fw.instances.of(found) === instance) return found;
    }
    return fw.lookups.querySelector(selector);
  };

  /** @param {Element} element */
  const told = (element) => (element.getAttribute("data-start") ?? element.getAttribute("data-helios-offset"))?.trim() ?? "";

  /** What a start names: an id, and seconds before or behind its end. @param {string} written @returns {[string, number]} */
  const parts = (written) => {
    const match = REFERENCE.exec(written);
    return match ? [match[1], Number(`${match[2]}${match[3]}`)] : [written, 0];
  };

  /** @param {Element} element @param {string} written */
  const referred = (element, written) => {
    const [id, offset] = parts(written);
    const target = named(element, id);
    if (!target) {
      fw.notices.add("REFERENCE_UNKNOWN", `data-start names '${id}', which is not in the page: it starts at 0.`, element);
      return 0;
    }
    const { zero, rate } = line(composition(element));
    return ((end(target) ?? start(target)) - zero) * rate + offset;
  };

  /** Seconds on the clock of its own composition. @param {Element} element */
  const written = (element) => {
    const text = told(element);
    if (text === "") return 0;
    const seconds = Number(text);
    if (!Number.isNaN(seconds)) {
      if (seconds >= 0 && seconds !== Infinity) return seconds;
      fw.notices.add("START_INVALID", `data-start is '${text}': it starts at 0.`, element);
      return 0;
    }
    return Math.max(0, referred(element, text));
  };

  /** @param {Element[]} members of a circle, the first of which was met again */
  const circle = (members) => {
    for (const one of members) circular.add(one);
    fw.notices.add("REFERENCE_CYCLE", "data-start leads back to itself: it starts at 0.", members[0]);
  };

  /** The element whose end its start names. @param {Element} element */
  const followed = (element) => {
    const text = told(element);
    return text === "" || !Number.isNaN(Number(text)) ? null : named(element, parts(text)[0]);
  };

  /** What its start waits for, the farthest first, itself last: ten thousand that each name the next are more than there
   * may be calls inside one another. @param {Element} element */
  const awaited = (element) => {
    /** @type {Set<Element>} */
    const chain = new Set();
    const root = fw.roots.find();
    let at = /** @type {Element | null} */ (element);
    while (at && at !== root && !chain.has(at) && !starts.has(at) && !circular.has(at)) {
      chain.add(at);
      at = fw.instances.isRoot(at) ? /** @type {FwInstance} */ (fw.instances.of(at)).host : followed(at);
    }
    const found = Array.from(chain);
    if (at && chain.has(at)) circle(found.slice(found.indexOf(at)));
    return found.reverse();
  };

  /** @param {Element} element @returns {number} */
  const start = (element) => {
    if (asking.length === 0) for (const one of awaited(element)) reckon(one);
    return reckon(element);
  };

  /** @param {Element} element @returns {number} */
  const reckon = (element) => {
    const known = starts.get(element);
    if (known !== undefined) return known;
    if (element === fw.roots.find()) return 0;
    if (fw.instances.isRoot(element)) return start(/** @type {FwInstance} */ (fw.instances.of(element)).host);
    const met = asking.indexOf(element);
    if (met >= 0) {
      circle(asking.slice(met));
      return 0;
    }
    asking.push(element);
    const own = circular.has(element) ? 0 : written(element);
    asking.pop();
    const { zero, rate } = line(composition(element));
    const seconds = zero + (circular.has(element) ? 0 : own) / rate;
    // Inside a circle what was found is only half the truth; once out of it every member is asked anew.
    if (asking.length === 0 || !circular.size) starts.set(element, seconds);
    return seconds;
  };

  /** @param {Element} element */
  const media = (element) => {
    const names = ["data-playback-start", "data-media-start", "data-helios-seek"];
    const offset = number(names.map((name) => element.getAttribute(name)).find((text) => text !== null) ?? null);
    const rate = number(element.getAttribute("data-playback-rate"));
    return {
      offset: offset > 0 && offset !== Infinity ? offset : 0,
      rate: Number.isNaN(rate) ? 1 : Math.min(5, Math.max(0.1, rate)),
    };
  };

  /** What the source of a video or a sound lasts. @param {Element} element */
  const natural = (element) => {
    if (!(element instanceof HTMLMediaElement) || element.loop) return null;
    const length = fw.media.length(element);
    const { offset, rate } = media(element);
    const seconds = length === null ? 0 : (length - offset) / rate;
    return seconds > 0 ? seconds : null;
  };

  /** Its start on the clock of its composition. @param {Element} element */
  const begun = (element) => {
    if (fw.instances.isRoot(element)) return 0;
    const { zero, rate } = line(composition(element));
    return (start(element) - zero) * rate;
  };

  /** Seconds on the clock of its own composition. @param {Element} element @returns {number | null} */
  const span = (element) => {
    for (const name of ["data-duration", "data-composition-duration", "data-end"]) {
      const text = element.getAttribute(name);
      if (text === null) continue;
      const seconds = number(text) - (name === "data-end" ? begun(element) : 0);
      if (seconds > 0 && seconds !== Infinity) return seconds;
      fw.notices.add("CLIP_DURATION_INVALID", `${name} is '${text}', which lasts no time: it stays from its start on.`, element);
    }
    const instance = fw.instances.at(element);
    if (instance && instance.root !== element) return lasting(element, span(instance.root));
    return element.matches(MEDIA) ? natural(element) : null;
  };

  /** What is left of an instance's own length. @param {Element} host @param {number | null} length */
  const lasting = (host, length) => {
    const { offset, rate } = media(host);
    return length !== null && length > offset ? (length - offset) / rate : null;
  };

  /** @param {Element} element @returns {number | null} */
  const duration = (element) => {
    const seconds = span(element);
    return seconds === null ? null : seconds / line(composition(element)).rate;
  };

  /** @param {Element} element @returns {number | null} */
  const end = (element) => {
    const seconds = duration(element);
    if (seconds !== null) return start(element) + seconds;
    const instance = fw.instances.at(element);
    const lasts = instance && lasting(element, fw.timelines.lasts(instance));
    return lasts ? start(element) + lasts / line(composition(element)).rate : null;
  };

  const forget = () => {
    starts = new Map();
    age += 1;
    asking = [];
    circular = new Set();
    lines = new Map();
  };

  fw.references = { composition, line, local, start, duration, end, media, forget, age: () => age };
}
