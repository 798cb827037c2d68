// fw.control: the object that the render drives. Taken once, under a secret name, and known to nobody else.
// It relies on: clock.set(ms), clock.begin() (ready: real time ends, virtual 0 begins), random.reseed(seconds), timers.run()
// (those due), frames.run() (one generation of rAF), animations.seek(seconds), animations.longest() (seconds of the finite
// ones), smil.seek(seconds), stillness.until(seconds) (seconds, or null: not known), natives (setTimeout, now, …: real ones),
// shadows.roots() (this document and its open shadow roots).
//   ready()        waits until everything is loaded, then stops the clock at 0
//   describe()     what the page says of itself, see describe.js
//   seek(seconds)  moves the page to one time; answers null, or [still until, notices], when something is to be said
//   cover(grey)    lays a flat grey over the page; null takes it away
// Order within a frame: clock, timers due, timelines, adapters, hf-seek, windows, CSS and SMIL animations, one
// generation of requestAnimationFrame, promises. Each step runs in this document and in every same-origin frame below.
{
  const { config } = fw;
  const { defineProperty } = Object;
  const FOREVER = 86_400;

  /** The runtimes of this document and of every same-origin frame in it, this one first. */
  const parts = () => {
    const found = [fw];
    for (let i = 0; i < found.length; i++) {
      const frames = found[i].view.frames;
      for (let k = 0; k < frames.length; k++) {
        let part = null;
        try {
          part = frames[k][config.secret];
        } catch {
          // A frame of another origin keeps its own time.
        }
        if (part) found.push(part);
      }
    }
    return found;
  };

  const answer = (all, seconds) => {
    let still = FOREVER;
    const notices = [];
    for (const part of all) {
      still = Math.min(still, part.stillness.until(seconds) ?? 0);
      notices.push(...part.notices.drain());
    }
    const known = still > seconds ? still : null;
    return known === null && notices.length === 0 ? null : [known, notices];
  };

  let busy = false;

  /** @param {number} seconds */
  const seek = (seconds) => {
    busy = true;
    const all = parts();
    const waiting = [];
    for (const part of all) part.clock.set(seconds * 1000);
    for (const part of all) part.random.reseed(seconds);
    for (const part of all) part.timers.run();
    for (const part of all) part.timelines.seek(seconds);
    for (const part of all) waiting.push(...part.hf.seek(seconds));
    for (const part of all) part.windows.seek(seconds);
    for (const part of all) part.animations.seek(seconds);
    for (const part of all) part.smil.seek(seconds);
    for (const part of all) part.frames.run();
    busy = false;
    if (waiting.length === 0) return answer(all, seconds);
    return fw.hf.settle(waiting).then(() => answer(all, seconds));
  };

  fw.control = {
    parts,
    seek,
    /** True while the page is being moved: a page that seeks itself from inside would never end. */
    get busy() {
      return busy;
    },
    ready: () => fw.ready.wait(parts),
    describe: () => fw.describe.page(parts()),
    cover: fw.cover.set,
  };
  fw.view = window;
  // The top document hands over its control; documents below hand their parts to the one above.
  defineProperty(window, config.secret, {
    value: window === window.top ? fw.control : fw,
    configurable: true,
    enumerable: false,
    writable: false,
  });
}
