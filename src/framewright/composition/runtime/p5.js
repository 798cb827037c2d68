// fw.p5: the drawing loop of p5.js 2. It draws only when the time that it is given lies a frame of its own rate after
// the last one: never at 0, where its setup was, and never once the clock has gone back. So it is given a time that only
// grows: by the clock's steps, and by a frame of its own where the clock does not advance. What sketches read, such as
// millis(), is the clock's.
//   draws(callback)               whether that is its loop
//   call(callback, takeBack)      calls it; takeBack() takes back and returns what it has asked for at once, or null
{
  const LOOP = "bound _draw";
  // A loop that does not draw asks for the next frame at once; one that draws only asks when that is done.
  const RATES = [60, 30, 24, 12, 6, 1];
  const SLOWEST = 1;
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

  fw.p5 = {
    /** @param {Function} callback */
    draws: (callback) => !fw.time.loading && callback.name === LOOP,

    /** @param {(time: number) => void} callback @param {() => any} takeBack */
    call(callback, takeBack) {
      advance();
      if (steps) return callback(given);
      const before = standing;
      for (const rate of RATES) {
        given = Math.max(given, before + 1000 / rate);
        callback(before + 1000 / rate);
        const again = rate > SLOWEST ? takeBack() : null;
        if (!again) return undefined;
        callback = again;
      }
      return undefined;
    },
  };
}
