// fw.control: the object that the render drives. Taken once, under a secret name, and known to nobody else.
//   size()         the root's size, the viewport's, and what is written wrong about it
//   ready()        waits until everything is loaded, then stops the clock at 0; answers null, or {code, message}
//   describe()     what the page says of itself, see describe.js
//   seek(seconds)  moves the page to one time; answers null, or [still until, notices], when something is to be said
//   cover(grey)    lays a flat grey over the page; null takes it away
// Order within a frame: clock, timers due, timelines, adapters, hf-seek, windows, CSS and SMIL animations, one
// generation of requestAnimationFrame, promises. Each step runs in this document and in every same-origin frame below.
// Relies on the clock's half: clock.begin() (real time ends, 0 begins), clock.set(ms), random.reseed(seconds),
// timers.run(), animations.seek(seconds), animations.longest(), smil.seek(seconds), frames.run(), stillness.until(seconds).
{
  const { config } = fw;
  const FOREVER = 86_400;
  let settled = false;
  let busy = false;

  /** The runtimes of this document and of every same-origin frame in it, this one first. */
  const parts = () => {
    const found = [fw];
    for (let i = 0; i < found.length; i++) {
      const { frames } = found[i].view;
      for (let k = 0; k < frames.length; k++) {
        try {
          const part = frames[k][config.secret];
          if (part) found.push(part);
        } catch {
          // A frame of another origin keeps its own time.
        }
      }
    }
    return found;
  };

  /** Seconds until which this part is known to show the same picture; none of its pieces may say "not known". */
  const until = (/** @type {number} */ seconds) => {
    let soonest = FOREVER;
    for (const piece of [fw.timelines, fw.adapters, fw.hf, fw.windows]) {
      const next = piece.next(seconds);
      if (next === null) return null;
      soonest = Math.min(soonest, next);
    }
    const still = fw.stillness.until(seconds);
    return still === null ? null : Math.min(soonest, still);
  };

  /** @param {any[]} all @param {number} seconds */
  const answer = (all, seconds) => {
    /** @type {number | null} */
    let still = FOREVER;
    const notices = [];
    for (const part of all) {
      const next = still === null ? null : part.control.until(seconds);
      still = still === null || next === null ? null : Math.min(still, next);
      notices.push(...part.notices.drain());
    }
    const known = still !== null && still > seconds ? still : null;
    return known === null && notices.length === 0 ? null : [known, notices];
  };

  const begin = () => {
    if (settled) return;
    settled = true;
    fw.clock.begin();
  };

  /** @param {number} seconds */
  const seek = (seconds) => {
    const all = parts();
    /** @type {unknown[]} */
    const waiting = [];
    busy = true;
    try {
      for (const part of all) part.control.begin(); // a frame that was added since
      for (const part of all) part.clock.set(seconds * 1000);
      for (const part of all) part.random.reseed(seconds);
      for (const part of all) part.timers.run();
      for (const part of all) part.timelines.seek(seconds);
      for (const part of all) part.adapters.seek(seconds);
      for (const part of all) waiting.push(...part.hf.seek(seconds));
      for (const part of all) part.windows.seek(seconds);
      for (const part of all) part.animations.seek(seconds);
      for (const part of all) part.smil.seek(seconds);
      for (const part of all) part.frames.run();
    } finally {
      busy = false;
    }
    if (waiting.length === 0) return answer(all, seconds);
    return fw.hf.settle(waiting).then(() => answer(all, seconds));
  };

  fw.view = window;
  fw.control = {
    seek,
    begin,
    until,
    /** True once the clock obeys. */
    get settled() {
      return settled;
    },
    /** True while the page is being moved: a page that seeks itself from inside would never end. */
    get busy() {
      return busy;
    },
    size: () => ({ ...fw.roots.size(), viewport: [innerWidth, innerHeight], problems: fw.roots.problems() }),
    ready: () => fw.ready.wait(parts),
    describe: () => fw.describe.page(parts()),
    cover: fw.cover.set,
  };
  // The top document hands over its control; documents below hand their parts to the one above.
  Object.defineProperty(window, config.secret, {
    value: window === window.top ? fw.control : fw,
    configurable: true,
    enumerable: false,
  });
}
