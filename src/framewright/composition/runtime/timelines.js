// fw.timelines: paused GSAP-like timelines that the page registers in window.__timelines under composition ids.
//   missing()      compositions that should have a timeline and have none
//   touched()      whether the page has spoken of __timelines
//   share()        shows the page the timelines of its sub-compositions
//   put(timeline, seconds)  pauses one and moves it; false when it has no way to be moved
//   seek(seconds)  root first, then the others, each on the clock of its own composition
//   due(target)    the first callback of a GSAP timeline on the way to a time (milliseconds); null without any
//   next(seconds)  Infinity once all have ended, null while one may move
//   lasts(instance)   seconds of the longest timeline of a sub-composition; null when it has none with an end
//   longest()      seconds of the root's timeline; null when there is none, or it has no end
//   endless()      whether the root has a timeline without an end
// __timelines is there before the first page script: many pages assign into it without creating it.
{
  const LONGEST = 86_400;
  const NUDGE = 0.001;
  // As in windows.js.
  const NEARLY = 1e-6;
  // GSAP itself rounds to 1e-7.
  const BESIDE = 1e-6;

  /** @type {any} */
  let registered = {};
  let touched = false;
  /** Where each timeline was put last. @type {WeakMap<object, number>} */
  const placed = new WeakMap();

  Object.defineProperty(window, "__timelines", {
    configurable: true,
    enumerable: true,
    get() {
      const { current } = fw.instances;
      if (current) return current.registries[0]; // a library that a sub-composition's script has called
      touched = true;
      return registered;
    },
    set(value) {
      touched = true;
      registered = value;
    },
  });

  /** @typedef {{id: string, timeline: any, instance: FwInstance | null}} Entry */

  /** @param {any} object @param {FwInstance | null} instance @returns {Entry[]} */
  const listed = (object, instance) => {
    if (object === null || typeof object !== "object") return [];
    const found = Object.entries(object).filter(([, timeline]) => timeline && typeof timeline === "object");
    return found.map(([id, timeline]) => ({ id, timeline, instance }));
  };

  /** @param {FwInstance} instance */
  const own = (instance) => {
    /** @type {Entry[]} */
    const found = [];
    for (const registry of instance.registries) found.push(...listed(registry, instance));
    return found;
  };

  const within = () => {
    /** @type {Entry[]} */
    const found = [];
    for (const instance of fw.instances.all()) found.push(...own(instance));
    return found;
  };

  /** The root's first, then the page's, then those of sub-compositions, the outer before the inner. @returns {Entry[]} */
  const entries = () => {
    const root = fw.roots.find()?.getAttribute("data-composition-id");
    const inner = within();
    const theirs = new Set(inner.map(({ timeline }) => timeline));
    // What an instance has registered is shown to the page too, but is moved by the instance's clock.
    const paged = listed(registered, null).filter(({ timeline }) => !theirs.has(timeline));
    return [...paged.sort((a, b) => Number(b.id === root) - Number(a.id === root)), ...inner];
  };

  /** Of two under one name, the first. */
  const share = () => {
    if (registered === null || typeof registered !== "object") return;
    for (const { id, timeline } of within()) if (!(id in registered)) registered[id] = timeline;
  };

  /** @param {Element} element */
  const isMissing = (element) => {
    const id = element.getAttribute("data-composition-id") ?? "";
    if (fw.instances.at(element)) return false; // its own composition stands in it, or is it
    const instance = fw.instances.of(element);
    if (!instance) return !registered?.[id];
    const registries = own(instance);
    return instance.mentions && !(instance.root === element ? registries.length > 0 : registries.some((entry) => entry.id === id));
  };

  /** @returns {Element[]} */
  const missing = () => {
    const declared = Array.from(document.querySelectorAll("[data-composition-id]:not([data-no-timeline])")).filter(isMissing);
    const bare = fw.instances.all().filter(({ host, root, mentions, registries }) => mentions && host === root && !host.hasAttribute("data-no-timeline") && registries.every((one) => Object.keys(one).length === 0));
    return [...declared, ...bare.map(({ host }) => host)];
  };

  /** Whether another registered timeline carries this one, and moves it along. @param {any} timeline @param {Set<any>} all */
  const carried = (timeline, all) => {
    for (let above = timeline.parent, depth = 0; above && depth < 50; above = above.parent, depth++) {
      if (all.has(above)) return true;
    }
    return false;
  };

  /** Back, or anew, which calls nothing but onUpdate. @param {any} timeline @param {number} seconds */
  const back = (timeline, seconds) => {
    fw.gsapMoments.muted([timeline], () => {
      const there = Math.min(seconds, timeline.totalDuration());
      if (timeline.totalTime() === there) timeline.totalTime(there >= BESIDE ? there - BESIDE : BESIDE, true);
      timeline.totalTime(seconds, false);
    });
    placed.set(timeline, seconds);
    return true;
  };

  /** @param {any} timeline @param {number} seconds */
  const put = (timeline, seconds) => {
    if (typeof timeline.pause === "function") timeline.pause();
    const name = ["totalTime", "time", "seek"].find((method) => typeof timeline[method] === "function");
    if (name === undefined) return false;
    // GSAP does nothing when the time is the one it has, although the page may look otherwise by now.
    const before = placed.get(timeline);
    if (fw.gsapMoments.holds(timeline)) {
      if (before !== undefined && seconds <= before) return back(timeline, seconds);
      // What is called at 0 is called as 0 is reached, from either side.
      if (seconds === 0) timeline.totalTime(BESIDE, true);
    } else if ((before ?? (name === "seek" ? Number.NaN : Number(timeline[name]()))) === seconds) {
      timeline[name](seconds >= NUDGE ? seconds - NUDGE : seconds + NUDGE, true);
    }
    fw.gsap.calling(() => timeline[name](seconds, false));
    placed.set(timeline, seconds);
    return true;
  };

  /** Elements by the ids of their compositions, and by the instances that they are in. @type {WeakMap<object, Map<string, Element>>} */
  const found = new WeakMap();

  /** The composition that a timeline belongs to. @param {Entry} entry */
  const composition = ({ id, instance }) => {
    const known = found.get(instance ?? document) ?? new Map();
    found.set(instance ?? document, known);
    const before = known.get(id);
    if (before?.isConnected && before.getAttribute("data-composition-id") === id) return before;
    const all = Array.from((instance?.host ?? document).querySelectorAll(`[data-composition-id="${CSS.escape(id)}"]`));
    const element = all.find((one) => fw.instances.of(one) === instance) ?? (instance ? instance.host : all[0]);
    if (element) known.set(id, element);
    return element;
  };

  /** @param {Entry} entry @param {number} seconds */
  const local = (entry, seconds) => {
    const { instance } = entry;
    const element = composition(entry);
    const own = instance !== null && (!element || element === instance.root || element === instance.host);
    if (own) return instance.localTime(seconds);
    return !element || element === fw.roots.find() ? seconds : fw.references.local(element, seconds);
  };

  /** @param {Entry} entry @param {() => boolean} act */
  const attempt = ({ id, instance }, act) => {
    try {
      if (fw.instances.inside(instance, act)) return;
      fw.notices.add("TIMELINE_INVALID", `window.__timelines['${id}'] has neither totalTime, time nor seek.`);
    } catch (error) {
      fw.failures.report(error, `The timeline '${id}'`);
    }
  };

  /** When the clock of a timeline reads what it shows at `seconds`, by what it reads at `until`, which is later.
   * @param {Entry} entry @param {number} seconds @param {number} until */
  const when = (entry, seconds, until) => {
    const [last, after] = [local(entry, until), local(entry, until + 1)];
    return last === until && after === until + 1 ? seconds : until - (last - seconds) / (after - last);
  };

  /** @param {number} target @returns {FwDue | null} */
  const due = (target) => {
    /** @type {FwDue | null} */
    let first = null;
    const all = entries();
    const timelines = new Set(all.map(({ timeline }) => timeline));
    for (const entry of all) {
      const { timeline } = entry;
      const from = placed.get(timeline);
      if (from === undefined || !fw.gsapMoments.holds(timeline) || carried(timeline, timelines)) continue;
      const seconds = fw.gsapMoments.within(timeline, from, local(entry, target / 1000));
      if (seconds === Infinity) continue;
      const at = Math.max(fw.time.now, when(entry, seconds, target / 1000) * 1000);
      if (first && first.at <= at) continue;
      first = { at, delay: 0, run: () => attempt(entry, () => put(timeline, seconds)) };
    }
    return first;
  };

  /** Within the time in which its composition shows; null for a timeline that is not shown, and is there already.
   * @param {Entry} entry @param {number} seconds */
  const shown = (entry, seconds) => {
    const element = composition(entry);
    if (!element || element === fw.roots.find()) return seconds;
    const { opens, closes } = fw.references.line(fw.instances.isRoot(element) ? (entry.instance?.host ?? element) : element);
    if (seconds >= opens - NEARLY && seconds < closes) return seconds;
    const edge = seconds < opens ? opens : closes;
    return placed.get(entry.timeline) === local(entry, edge) ? null : edge;
  };

  /** @param {number} seconds */
  const seek = (seconds) => {
    const all = entries();
    const timelines = new Set(all.map(({ timeline }) => timeline));
    for (const entry of all) {
      attempt(entry, () => {
        if (carried(entry.timeline, timelines)) return true;
        const at = shown(entry, seconds);
        return at === null || put(entry.timeline, local(entry, at));
      });
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

  /** The root's. */
  const main = () => {
    const id = fw.roots.find()?.getAttribute("data-composition-id");
    return entries().find((entry) => entry.instance === null && entry.id === id)?.timeline ?? null;
  };

  const longest = () => {
    const timeline = main();
    const seconds = timeline ? length(timeline) : Infinity;
    return seconds > 0 && seconds !== Infinity ? seconds : null;
  };

  const endless = () => {
    const timeline = main();
    return timeline !== null && length(timeline) === Infinity;
  };

  /** @param {FwInstance} instance */
  const lasts = (instance) => {
    const seconds = Math.max(0, ...own(instance).map(({ timeline }) => length(timeline)));
    return seconds > 0 && seconds !== Infinity ? seconds : null;
  };

  /** @param {number} seconds */
  const next = (seconds) => {
    for (const entry of entries()) if (local(entry, seconds) < length(entry.timeline)) return null;
    return Infinity;
  };

  fw.timelines = { missing, touched: () => touched, share, put, seek, due, longest, endless, lasts, next };
}
