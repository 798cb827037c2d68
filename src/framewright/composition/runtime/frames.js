// fw.frames: requestAnimationFrame and requestIdleCallback, by the clock: one generation of callbacks a frame.
// While loading, callbacks run in real time with the time 0, but only up to the third link of a chain: a drawing loop so
// takes the same steps in every worker. Then they wait for the first frame, or for release().
//   run()        calls those that wait, and returns how many there were; what they ask for waits for the next frame
//   ran()        milliseconds on the clock at which they were called last
//   waiting()    how many wait
//   outlast(promise, seconds)   waits for it with a limit, true once it has settled. It may itself wait for drawings (two
//                callbacks, one in the other, are a common way to let a layout pass): those of short chains go on
//                meanwhile, in all realms, at the time of the frame; a drawing loop does not
//   begin(), release(), short()   as in timers.js
{
  const { natives, time } = fw;
  const CHAIN = 3;
  const PERIOD = 16;
  const IDLE = 50;

  /** @typedef {{callback: (time: any) => void, depth: number, idle: boolean}} Wish */
  /** @type {Map<number, Wish>} */
  const wishes = new Map();
  let ids = 0;
  let depth = 0;
  let armed = 0;
  let released = false;
  let ran = 0;

  const idleDeadline = () => ({ didTimeout: false, timeRemaining: () => IDLE });

  /** @param {number} known the last id of before */
  const takeBack = (known) => () => {
    const wish = ids > known ? wishes.get(ids) : undefined;
    return wish && wishes.delete(ids) ? wish.callback : null;
  };

  /** @param {Wish} wish */
  const call = (wish) => {
    depth = wish.depth;
    try {
      if (wish.idle) wish.callback(idleDeadline());
      else if (fw.p5.draws(wish.callback)) fw.p5.call(wish.callback, takeBack(ids));
      else wish.callback(time.now);
    } catch (error) {
      natives.reportError(error);
    }
  };

  /** @param {(wish: Wish) => boolean} which */
  const generation = (which) => {
    let called = 0;
    for (const idle of [false, true]) {
      for (const [id, wish] of Array.from(wishes)) {
        // One that ran before it may have cancelled it.
        if (wish.idle !== idle || !which(wish) || !wishes.delete(id)) continue;
        call(wish);
        called += 1;
      }
    }
    if (called) natives.turn().then(() => (depth = 0));
    return called;
  };

  const isShort = (/** @type {Wish} */ wish) => wish.depth <= CHAIN;
  const runsNow = (/** @type {Wish} */ wish) => released || isShort(wish);

  const arm = () => {
    if (armed || !time.loading) return;
    armed = natives.setTimeout(() => {
      armed = 0;
      if (!time.loading) return;
      generation(runsNow);
      if (Array.from(wishes.values()).some(runsNow)) arm();
    }, PERIOD);
  };

  /** @param {any} callback @param {boolean} idle */
  const ask = (callback, idle) => {
    if (typeof callback !== "function") throw new TypeError("The callback is not a function.");
    const id = ++ids;
    const wish = { callback, depth: depth + 1, idle };
    wishes.set(id, wish);
    if (time.loading && runsNow(wish)) arm();
    return id;
  };
  const cancel = (/** @type {any} */ id) => void wishes.delete(Number(id));

  Object.assign(window, {
    requestAnimationFrame: (/** @type {any} */ callback) => ask(callback, false),
    cancelAnimationFrame: cancel,
    webkitRequestAnimationFrame: (/** @type {any} */ callback) => ask(callback, false),
    webkitCancelAnimationFrame: cancel,
    requestIdleCallback: (/** @type {any} */ callback) => ask(callback, true),
    cancelIdleCallback: cancel,
  });

  fw.frames = {
    run() {
      ran = time.now;
      if (wishes.size === 0) return 0;
      const asked = new Set(wishes.values());
      return generation((wish) => asked.has(wish));
    },
    ran: () => ran,
    waiting: () => wishes.size,
    fresh: () => generation(isShort),
    async outlast(promise, seconds) {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      promise.then(settle, settle);
      const over = () => {
        if (!settled) for (const realm of fw.realms()) realm.frames.fresh();
        return settled;
      };
      for (let link = 0; link < CHAIN; link += 1) {
        await natives.turn();
        if (over()) return true;
      }
      return fw.waits.until(over, seconds);
    },
    begin: () => natives.clearTimeout(armed),
    release() {
      released = true;
      if (wishes.size) arm();
    },
    short: () => (time.loading ? Array.from(wishes.values()).filter(isShort).length : 0),
  };
}
