// fw.stillness: how long this document is certain not to change by its timers, callbacks and animations. Never a guess.
//   until(seconds)   seconds; Infinity: never again; null: not known
{
  const { time } = fw;
  let workers = false;

  // A worker may send something to draw at any time.
  for (const name of ["Worker", "SharedWorker"]) {
    const native = /** @type {any} */ (window)[name];
    if (!native) continue;
    /** @type {any} */ (window)[name] = new Proxy(native, {
      construct(target, args, newTarget) {
        workers = true;
        return Reflect.construct(target, args, newTarget);
      },
    });
  }

  /** They may move by themselves, whatever the clock says. */
  const hasStrangers = () => fw.shadows.roots().some((scope) => scope.querySelector("marquee, object, embed") !== null);

  /** A frame that is not driven with this page moves as it likes. */
  const hasForeignFrames = () =>
    fw.shadows.roots().some((scope) =>
      Array.from(scope.querySelectorAll("iframe, frame")).some((frame) => /** @type {HTMLIFrameElement} */ (frame).contentDocument === null),
    );

  fw.stillness = {
    until(seconds) {
      if (workers || fw.frames.waiting() > 0) return null;
      const timer = fw.timers.next();
      if (timer && timer.at <= time.now) return null;
      const animations = fw.animations.until(time.now);
      if (animations === null || fw.smil.roots().size > 0) return null;
      if (hasForeignFrames() || hasStrangers()) return null;
      const soonest = Math.min(timer ? timer.at : Infinity, animations) / 1000;
      return soonest > seconds ? soonest : null;
    },
  };
}
