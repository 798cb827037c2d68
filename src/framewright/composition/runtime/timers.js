// fw.timers: setTimeout, setInterval and their clears, by the clock.
// While loading, a timeout under 20 ms runs in real time, up to the fifth link of a chain; everything longer, and every
// interval, waits and is armed at 0 when the clock begins: what a page does after two seconds it does at t = 2, whether
// loading took one second or three. Where loading itself waits for such a timer, release() lets them all run.
//   set(repeats, handler, delay, args, clock)   as setTimeout and setInterval do; with the clock of an instance: by that
//   begin()      loading is over
//   release()    while loading: every timer runs in real time from now on
//   calling()    whether the handler of one is running
//   short()      how many timers loading should still wait for
//   coming(within)  how many timers with a delay of at most so many milliseconds wait, those aside that come again and again
//   circling()   how many come again and again
//   next()       the first that is due, by time, then by age; null without any
//   postpone(target, delay, most)   timers with less delay, due until target, wait for the next frame; beyond `most` of
//                                   them (they multiply) the rest is dropped
{
  const { natives, time } = fw;
  const SHORT = 20;
  const CHAIN = 5;
  const CLAMP = 4;

  /** @type {Map<number, FwTimer>} */
  const pending = new Map();
  let ids = 0;
  let ages = 0;
  let depth = 0;
  let released = false;
  let calling = false;

  /** @param {FwTimer} timer */
  const call = (timer) => {
    const { id, handler, args } = timer;
    if (timer.repeats) {
      timer.at += timer.delay / timer.pace;
      timer.age = ++ages;
    } else pending.delete(id);
    depth = timer.depth;
    calling = true;
    try {
      if (typeof handler === "function") handler.apply(window, args);
      else natives.evaluate(String(handler));
    } catch (error) {
      natives.reportError(error);
    } finally {
      calling = false;
    }
    // The promises that it resolved belong to it.
    natives.turn().then(() => (depth = 0));
  };

  /** In real time. @param {FwTimer} timer */
  const arm = (timer) => {
    timer.native = natives.setTimeout(() => {
      if (!pending.has(timer.id)) return;
      call(timer);
      if (timer.repeats && pending.has(timer.id) && time.loading) arm(timer);
    }, timer.delay);
  };

  /** @param {FwTimer} timer */
  const isShort = (timer) => !timer.repeats && timer.delay < SHORT && timer.depth <= CHAIN;

  /** When a delay that begins now is over, in milliseconds of the page. @param {number} delay @param {FwInstance | null} clock */
  const due = (delay, clock) => {
    if (!clock) return time.now + delay;
    const begun = time.loading ? 0 : clock.localTime(time.now / 1000);
    return Math.max(time.now, clock.pageTime(begun + delay / 1000) * 1000);
  };

  /** @param {boolean} repeats @param {any} handler @param {any} wished @param {any[]} args @param {FwInstance | null} [clock] */
  const set = (repeats, handler, wished, args, clock = null) => {
    let delay = Math.max(0, wished | 0); // as the standard converts it: a 32-bit whole number
    if (repeats || depth >= CHAIN) delay = Math.max(CLAMP, delay);
    const id = ++ids;
    /** @type {FwTimer} */
    const timer = { id, at: 0, age: ++ages, delay, depth: depth + 1, repeats, handler, args, clock, pace: 1, native: 0, run: () => call(timer) };
    if (!time.loading) place(timer);
    pending.set(id, timer);
    if (time.loading && (released || isShort(timer))) arm(timer);
    return id;
  };

  /** @param {FwTimer} timer */
  const place = (timer) => {
    timer.at = due(timer.delay, timer.clock);
    if (timer.clock) timer.pace = fw.references.line(timer.clock.host).rate;
  };

  /** @param {any} id */
  const clear = (id) => {
    const timer = pending.get(Number(id));
    if (!timer) return;
    pending.delete(timer.id);
    natives.clearTimeout(timer.native);
  };

  Object.assign(window, {
    setTimeout: (/** @type {any} */ handler, /** @type {any} */ delay, /** @type {any[]} */ ...args) => set(false, handler, delay, args),
    setInterval: (/** @type {any} */ handler, /** @type {any} */ delay, /** @type {any[]} */ ...args) => set(true, handler, delay, args),
    clearTimeout: clear,
    clearInterval: clear,
  });

  /** It comes again and again. @param {FwTimer} timer */
  const circles = (timer) => timer.repeats || timer.depth > CHAIN;

  fw.timers = {
    set,
    begin() {
      for (const timer of pending.values()) {
        natives.clearTimeout(timer.native);
        place(timer);
      }
    },
    release() {
      if (!time.loading || released) return;
      released = true;
      for (const timer of pending.values()) if (!timer.native) arm(timer);
    },
    calling: () => calling,
    short: () => (time.loading ? Array.from(pending.values()).filter(isShort).length : 0),
    coming: (within) => Array.from(pending.values()).filter((timer) => !circles(timer) && timer.delay <= within).length,
    circling: () => Array.from(pending.values()).filter(circles).length,
    next() {
      /** @type {FwTimer | null} */
      let first = null;
      for (const timer of pending.values()) {
        if (!first || timer.at < first.at || (timer.at === first.at && timer.age < first.age)) first = timer;
      }
      return first;
    },
    postpone(target, delay, most) {
      let kept = 0;
      for (const timer of pending.values()) {
        if (timer.delay > delay || timer.at > target) continue;
        kept += 1;
        if (kept > most) pending.delete(timer.id);
        else timer.at = target + Number.EPSILON * Math.max(target, 1) * 2;
      }
    },
  };
}
