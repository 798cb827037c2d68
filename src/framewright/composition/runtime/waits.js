// fw.waits: waiting with a limit, in real time, whatever the page's clock says.
//   pause(seconds)              resolves after so long
//   within(promise, seconds)    true once it has settled, either way; false when the time is up
//   until(test, seconds)        true once the test holds; false when the time is up
{
  const STEP = 0.02;

  /** @param {number} seconds @returns {Promise<void>} */
  const pause = (seconds) => new Promise((done) => fw.natives.setTimeout(done, seconds * 1000));

  /** @param {unknown} promise @param {number} seconds @returns {Promise<boolean>} */
  const within = (promise, seconds) => {
    const settled = Promise.resolve(promise).then(() => true, () => true);
    return Promise.race([settled, pause(seconds).then(() => false)]);
  };

  /** @param {() => boolean} test @param {number} seconds */
  const until = async (test, seconds) => {
    const end = fw.natives.now() + seconds * 1000;
    while (!test()) {
      if (fw.natives.now() >= end) return false;
      await pause(STEP);
    }
    return true;
  };

  fw.waits = { pause, within, until };
}
