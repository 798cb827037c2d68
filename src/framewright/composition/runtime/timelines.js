// fw.timelines: paused GSAP-like timelines that the page registers in window.__timelines under composition ids.
//   wait()         until every declared composition has registered its own, or need not; warns of those that never came
//   put(timeline, seconds)  pauses one and moves it; false when it has no way to be moved
//   seek(seconds)  root first, then the others, each on the clock of its own composition
//   next(seconds)  Infinity once all have ended, null while one may move
//   longest()      seconds of the root's timeline; null when there is none, or it has no end
// __timelines is there before the first page script: many pages assign into it without creating it. Whether a page ever
// touches it says whether waiting is worth anything.
{
  const LONGEST = 86_400;
  const NUDGE = 0.001;
  const QUIET = 1;

  /** @type {any} */
  let registered = {};
  let touched = false;
  /** Where each timeline was put last. @type {WeakMap<object, number>} */
  const placed = new WeakMap();

  Object.defineProperty(window, "__timelines", {
    configurable: true,
    enumerable: true,
    get() {
      touched = true;
      return registered;
    },
    set(value) {
      touched = true;
      registered = value;
    },
  });

  /** @param {string} id */
  const host = (id) => document.querySelector(`[data-composition-id="${CSS.escape(id)}"]`);

  /** @returns {[string, any][]} */
  const entries = () => {
    if (registered === null || typeof registered !== "object") return [];
    const root = fw.roots.find()?.getAttribute("data-composition-id");
    const found = Object.entries(registered).filter(([, timeline]) => timeline && typeof timeline === "object");
    return found.sort(([a], [b]) => Number(b === root) - Number(a === root));
  };

  const missing = () => {
    const declared = Array.from(document.querySelectorAll("[data-composition-id]:not([data-no-timeline])"));
    return declared.filter((element) => !registered?.[element.getAttribute("data-composition-id") ?? ""]);
  };

  const scripts = () => Array.from(document.scripts).filter(({ type }) => !/json|importmap|text\/(?!javascript)/i.test(type));

  const wait = async () => {
    if (missing().length === 0 || scripts().length === 0) return;
    const mentioned = () => touched || scripts().some((script) => script.text.includes("__timelines"));
    const over = () => missing().length === 0 || fw.failures.first !== null;
    if (!mentioned() && !(await fw.waits.until(() => over() || mentioned(), QUIET))) return;
    if (!(await fw.waits.until(over, QUIET))) {
      fw.timers.release(); // the page may be waiting for one of them
      await fw.waits.until(over, fw.config.timeline_timeout);
    }
    for (const element of missing()) {
      const id = element.getAttribute("data-composition-id");
      const message = `No timeline was registered as window.__timelines['${id}']: it stays as it is, or give it data-no-timeline.`;
      fw.notices.add("TIMELINE_NOT_REGISTERED", message, element);
    }
  };

  /** Whether another registered timeline carries this one, and moves it along. @param {any} timeline @param {any[]} all */
  const carried = (timeline, all) => {
    for (let above = timeline.parent, depth = 0; above && depth < 50; above = above.parent, depth++) {
      if (all.includes(above)) return true;
    }
    return false;
  };

  /** @param {any} timeline @param {number} seconds */
  const put = (timeline, seconds) => {
    if (typeof timeline.pause === "function") timeline.pause();
    const name = ["totalTime", "time", "seek"].find((method) => typeof timeline[method] === "function");
    if (name === undefined) return false;
    // GSAP does nothing when the time is the one it has, although the page may look otherwise by now.
    const before = placed.get(timeline) ?? (name === "seek" ? Number.NaN : Number(timeline[name]()));
    if (before === seconds) timeline[name](seconds >= NUDGE ? seconds - NUDGE : seconds + NUDGE, true);
    timeline[name](seconds, false);
    placed.set(timeline, seconds);
    return true;
  };

  /** @param {string} id @param {number} seconds */
  const local = (id, seconds) => {
    const element = host(id);
    if (!element || element === fw.roots.find()) return seconds;
    const { offset, rate } = fw.references.media(element);
    return offset + Math.max(0, seconds - fw.references.start(element)) * rate;
  };

  /** @param {number} seconds */
  const seek = (seconds) => {
    const all = entries();
    const timelines = all.map(([, timeline]) => timeline);
    for (const [id, timeline] of all) {
      try {
        if (carried(timeline, timelines) || put(timeline, local(id, seconds))) continue;
        fw.notices.add("TIMELINE_INVALID", `window.__timelines['${id}'] has neither totalTime, time nor seek.`);
      } catch (error) {
        fw.failures.report(error, `The timeline '${id}'`);
      }
    }
  };

  /** Seconds of a timeline; Infinity when it repeats for ever. @param {any} timeline */
  const length = (timeline) => {
    for (const name of ["totalDuration", "duration"]) {
      const told = timeline[name];
      const seconds = Number(typeof told === "function" ? told.call(timeline) : told);
      if (seconds >= 0) return seconds > LONGEST ? Infinity : seconds;
    }
    return Infinity;
  };

  const longest = () => {
    const id = fw.roots.find()?.getAttribute("data-composition-id");
    const own = entries().find(([name]) => name === id)?.[1];
    const seconds = own ? length(own) : Infinity;
    return seconds > 0 && seconds !== Infinity ? seconds : null;
  };

  /** @param {number} seconds */
  const next = (seconds) => {
    for (const [id, timeline] of entries()) if (local(id, seconds) < length(timeline)) return null;
    return Infinity;
  };

  fw.timelines = { wait, put, seek, longest, next };
}
