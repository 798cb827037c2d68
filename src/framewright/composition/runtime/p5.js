// fw.p5: the drawing loops of p5.js, 1 and 2. They draw only when the time that they are given lies a frame of their own
// rate after the last one: never at 0, where their setup was, and never once the clock has gone back. So they are given
// a time that only grows: by the clock's steps, and by a frame of their own where the clock does not advance. What
// sketches read, such as millis(), is the clock's.
//   draws(callback)               whether that is such a loop
//   call(callback, takeBack)      calls it; takeBack() takes back and returns what it has asked for at once, or null
{
  const BOUND = "bound _draw"; // of p5.js 2
  const WRITTEN = "_lastTargetFrameTime"; // in that of p5.js 1, which has no name
  const { toString } = Function.prototype;
  /** @type {WeakMap<Function, boolean>} */
  const known = new WeakMap();
  // Frames a second: a loop of p5.js 2 that does not draw asks for the next frame at once, one that draws when that is
  // done, and so it is tried until it draws. One of p5.js 1 always asks at once.
  const RATES = [60, 30, 24, 12, 6, 1];
  const SLOWEST = 1;
  const USUAL = [24];
  let given = 0;
  let standing = 0;
  let last = Number.NaN;
  let moves = -1;
  let steps = false;

  const advance = () => {
    if (moves === fw.time.moves) return;
    moves = fw.time.moves;
    steps = fw.time.now > last;
    if (steps) given += fw.time.now - last;
    standing = given;
    last = fw.time.now;
  };

  /** @param {Function} callback */
  const isFirst = (callback) => {
    let found = known.get(callback);
    if (found === undefined) {
      found = callback.name === "" && toString.call(callback).includes(WRITTEN);
      known.set(callback, found);
    }
    return found;
  };

  fw.p5 = {
    /** @param {Function} callback */
    draws: (callback) => !fw.time.loading && (callback.name === BOUND || isFirst(callback)),

    /** @param {(time: number) => void} callback @param {() => any} takeBack */
    call(callback, takeBack) {
      advance();
      if (steps) {
        callback(given);
        return;
      }
      const tried = callback.name === BOUND ? RATES : USUAL;
      for (const rate of tried) {
        given = Math.max(given, standing + 1000 / rate);
        callback(standing + 1000 / rate);
        const again = tried === RATES && rate > SLOWEST ? takeBack() : null;
        if (!again) return;
        callback = again;
      }
    },
  };
}
