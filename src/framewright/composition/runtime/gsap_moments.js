// fw.gsapMoments: when the callbacks of GSAP animations are due. A leap over several must call them in the order of their
// times, each at its own time, for what they begin begins there.
//   within(animation, from, to)   the first time after `from` and up to `to` at which something is called in an animation,
//                                 in seconds of its own total time; Infinity without any
//   of(animation, from, to)       the same in seconds of the timeline that it stands in
//   holds(thing)                  whether a thing is a timeline of GSAP, and not one that only takes its times as GSAP does
//   muted(animations, act)        does something during which they call nothing but onUpdate
// A tween whose values are drawn or computed as it begins ("random(0, 9)", functions) has a moment there as well: chance and
// what it finds depend on the time, which must not be that of the frame which happens to be the first to show it.
// onUpdate is no such moment: it shows what is at that time. Passes of a yoyo that run backwards have none either.
{
  // Seconds after which an animation, or its next pass, has begun: it is told once some of it has been shown.
  const BEGUN = 1e-6;
  // Nearer than this GSAP itself takes two times for one.
  const SAME = 1e-8;

  const CALLBACKS = ["onStart", "onComplete", "onRepeat", "onReverseComplete"];

  /** @typedef {{recent: any, last: any, length: number, list: any[]}} Carriers */
  /** @type {WeakMap<any, Carriers>} */
  const known = new WeakMap();

  /** @param {any} animation */
  const calls = (animation) => {
    const { vars } = animation;
    return Boolean(animation._prom || (vars && CALLBACKS.some((name) => vars[name])));
  };

  /** @param {any} thing */
  const holds = (thing) => ["getChildren", "recent", "totalDuration"].every((name) => typeof thing[name] === "function");

  const DEEPEST = 3;

  /** Whether a value is settled only as its tween begins. @param {unknown} value @param {number} depth @returns {boolean} */
  const open = (value, depth) => {
    if (typeof value === "string") return value.includes("random(");
    if (typeof value === "function") return true;
    if (!value || typeof value !== "object" || depth === DEEPEST || value instanceof Element) return false;
    for (const [name, inner] of Object.entries(value)) {
      if (!/^(on[A-Z]|ease|callback)/.test(name) && open(inner, depth + 1)) return true;
    }
    return false;
  };

  /** @type {WeakMap<any, boolean>} */
  const opens = new WeakMap();

  /** Whether a tween has to begin at its own time. @param {any} animation */
  const settles = (animation) => {
    const { vars } = animation;
    if (!vars || animation._initted || holds(animation)) return false;
    let answer = opens.get(animation);
    if (answer === undefined) opens.set(animation, (answer = open(vars, 0)));
    return answer;
  };

  /** @param {any} animation */
  const wakes = (animation) => calls(animation) || settles(animation);

  /** The children that have moments, or may hold some that do. @param {any} timeline */
  const carriers = (timeline) => {
    const [recent, last, length] = [timeline.recent(), timeline._last, timeline.totalDuration()];
    const before = known.get(timeline);
    if (before && before.recent === recent && before.last === last && before.length === length) return before.list;
    const list = timeline.getChildren(false, true, true).filter((/** @type {any} */ child) => holds(child) || wakes(child));
    known.set(timeline, { recent, last, length, list });
    return list;
  };

  /** @param {any} animation @param {number} from @param {number} to @param {number} cycle */
  const own = (animation, from, to, cycle) => {
    const { vars } = animation;
    const end = animation.totalDuration();
    let first = Infinity;
    if ((vars.onStart || settles(animation)) && from < BEGUN - SAME) first = BEGUN;
    if (vars.onRepeat && cycle > 0) {
      const pass = Math.max(1, Math.floor((from + SAME - BEGUN) / cycle) + 1);
      if (pass * cycle < end) first = Math.min(first, pass * cycle + BEGUN);
    }
    if (vars.onComplete || animation._prom) if (from < end - SAME) first = Math.min(first, end);
    return first <= to ? first : Infinity;
  };

  /** @param {any} timeline @param {number} from @param {number} to @param {number} cycle */
  const children = (timeline, from, to, cycle) => {
    const list = carriers(timeline);
    if (list.length === 0) return Infinity;
    const duration = timeline.duration();
    const passes = cycle > 0 ? timeline.totalDuration() / cycle : 1;
    const begin = cycle > 0 ? Math.max(0, Math.floor(from / cycle)) : 0;
    for (let pass = begin; pass < passes && pass * cycle <= to; pass += 1) {
      const base = pass * cycle;
      if (!(pass % 2 && timeline.yoyo())) {
        const [a, b] = [from - base, Math.min(duration, to - base)];
        let first = Infinity;
        for (const child of list) if (child.parent === timeline) first = Math.min(first, of(child, a, b));
        if (first !== Infinity) return base + first;
      }
      if (cycle === 0) break;
    }
    return Infinity;
  };

  /** @param {any} animation @param {number} from @param {number} to @returns {number} */
  const within = (animation, from, to) => {
    if (!(to > from) || to < 0 || from >= animation.totalDuration()) return Infinity;
    const cycle = animation.duration() + (animation.repeatDelay?.() ?? 0);
    const first = wakes(animation) ? own(animation, from, to, cycle) : Infinity;
    return holds(animation) ? Math.min(first, children(animation, from, to, cycle)) : first;
  };

  /** @param {any} animation @param {number} from @param {number} to @returns {number} */
  const of = (animation, from, to) => {
    const start = animation.startTime();
    const rate = animation.paused() || animation.reversed() ? 0 : animation.timeScale();
    if (!(rate > 0) || start > to) return Infinity;
    // What lasts no time is called as it is reached, and stands at its end then.
    const length = animation.totalDuration();
    if (length === 0) return start > from + SAME && (holds(animation) || wakes(animation)) ? start : Infinity;
    return start + within(animation, (from - start) * rate, (to - start) * rate) / rate;
  };

  /** @param {any[]} animations @param {any[]} found @returns {any[]} */
  const callers = (animations, found = []) => {
    for (const animation of animations) {
      if (animation.vars && calls(animation)) found.push(animation.vars);
      if (holds(animation)) callers(carriers(animation), found);
    }
    return found;
  };

  /** @param {any[]} animations @param {() => void} act */
  const muted = (animations, act) => {
    /** @type {[any, string, unknown][]} */
    const taken = [];
    for (const vars of callers(animations)) {
      for (const name of CALLBACKS) {
        if (!vars[name]) continue;
        taken.push([vars, name, vars[name]]);
        vars[name] = null;
      }
    }
    try {
      act();
    } finally {
      for (const [vars, name, callback] of taken) vars[name] = callback;
    }
  };

  fw.gsapMoments = { within, of, holds, muted };
}
