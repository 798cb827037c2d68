// fw.references: when elements begin and how long they last, in seconds on the clock of the page.
//   composition(element)  the composition that it sits in; null for the page itself
//   start(element)        never below 0; data-start is a number or the end of another element: `id`, `id + 2`, `id - 2`.
//                         Media of a Helios page have data-helios-offset, and data-helios-seek for where they begin
//   duration(element)     null when nothing says it
//   media(element)        {offset, rate} into its source
//   forget()              what was read is read again: the document has changed
{
  const REFERENCE = /^(.+?)\s+([+-])\s+(\d+\.?\d*|\.\d+)$/s;
  const MEDIA = "video, audio";
  /** @type {Map<Element, number>} */
  let starts = new Map();
  /** Elements whose start is being found: one that is met again waits for itself. @type {Element[]} */
  let asking = [];
  /** @type {Set<Element>} */
  let circular = new Set();

  /** @param {string | null} text */
  const number = (text) => (text === null || text.trim() === "" ? Number.NaN : Number(text));

  /** @param {Element} element */
  const composition = (element) => {
    const above = element.parentElement?.closest("[data-composition-id]") ?? null;
    return above === fw.roots.find() ? null : above;
  };

  /** @param {Element} element @param {string} id */
  const named = (element, id) => {
    const scope = composition(element) ?? document;
    return scope.querySelector(`#${CSS.escape(id)}`) ?? document.getElementById(id);
  };

  /** Where the clock of its composition begins. @param {Element} element */
  const base = (element) => {
    const above = composition(element);
    return above ? start(above) : 0;
  };

  /** @param {Element} element @param {string} written */
  const referred = (element, written) => {
    const match = REFERENCE.exec(written);
    const id = match ? match[1] : written;
    const target = named(element, id);
    if (!target) {
      fw.notices.add("REFERENCE_UNKNOWN", `data-start names '${id}', which is not in the page: it starts at 0.`, element);
      return 0;
    }
    const offset = match ? Number(`${match[2]}${match[3]}`) : 0;
    return start(target) + (duration(target) ?? 0) + offset - base(element);
  };

  /** Seconds on the clock of its own composition. @param {Element} element */
  const written = (element) => {
    const text = (element.getAttribute("data-start") ?? element.getAttribute("data-helios-offset"))?.trim() ?? "";
    if (text === "") return 0;
    const seconds = Number(text);
    if (!Number.isNaN(seconds)) {
      if (seconds >= 0 && seconds !== Infinity) return seconds;
      fw.notices.add("START_INVALID", `data-start is '${text}': it starts at 0.`, element);
      return 0;
    }
    return Math.max(0, referred(element, text));
  };

  /** @param {Element} element @returns {number} */
  const start = (element) => {
    const known = starts.get(element);
    if (known !== undefined) return known;
    if (element === fw.roots.find()) return 0;
    const met = asking.indexOf(element);
    if (met >= 0) {
      for (const one of asking.slice(met)) circular.add(one);
      fw.notices.add("REFERENCE_CYCLE", "data-start leads back to itself: it starts at 0.", element);
      return 0;
    }
    asking.push(element);
    const own = written(element);
    asking.pop();
    const seconds = base(element) + (circular.has(element) ? 0 : own);
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
    const { offset, rate } = media(element);
    const seconds = (element.duration - offset) / rate;
    return seconds > 0 && seconds !== Infinity ? seconds : null;
  };

  /** @param {Element} element @returns {number | null} */
  const duration = (element) => {
    for (const name of ["data-duration", "data-composition-duration", "data-end"]) {
      const text = element.getAttribute(name);
      if (text === null) continue;
      const seconds = number(text) - (name === "data-end" ? start(element) - base(element) : 0);
      if (seconds > 0 && seconds !== Infinity) return seconds;
      fw.notices.add("CLIP_DURATION_INVALID", `${name} is '${text}', which lasts no time: it stays from its start on.`, element);
    }
    return element.matches(MEDIA) ? natural(element) : null;
  };

  const forget = () => {
    starts = new Map();
    asking = [];
    circular = new Set();
  };

  fw.references = { composition, start, duration, media, forget };
}
