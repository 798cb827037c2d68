// fw.ready: when the first frame may be drawn.
//   wait()  resolves with null, or with {code, message, thrown} when the page cannot be rendered
// Document loaded, sub-compositions in place, timelines registered, what the scripts have begun to load or decode there,
// fonts loaded, pictures decoded, media described, __tailwindReady settled: each wait has its own limit and its own
// warning. Real time rules until then; after it the clock stands at 0.
{
  const TAILWIND_TIMEOUT = 10;
  const SHORT_WORK_TIMEOUT = 10;

  const tailwind = async () => {
    const { __tailwindReady: promise } = /** @type {any} */ (window);
    if (!promise || (await fw.waits.within(promise, 1))) return;
    fw.timers.release();
    if (await fw.waits.within(promise, TAILWIND_TIMEOUT)) return;
    fw.notices.add("TAILWIND_TIMEOUT", `window.__tailwindReady did not settle within ${TAILWIND_TIMEOUT} s.`);
  };

  const loaded = () => document.readyState === "complete";

  /** This document alone; the ones below it are asked by the top one. */
  const local = async () => {
    const limit = fw.config.load_timeout;
    const over = () => loaded() || fw.failures.first !== null || fw.openings.unclosed();
    const inTime = await fw.waits.until(over, limit);
    if (fw.openings.unclosed()) {
      return { code: "LOAD_TIMEOUT", message: "The page opened its document anew and left it open: call document.close() behind document.open() or document.write()." };
    }
    if (!inTime) {
      return { code: "LOAD_TIMEOUT", message: `The page did not finish loading within ${limit} s: something that it asks for never answers.` };
    }
    fw.shadows.find();
    fw.roots.lay();
    fw.bindings.settle();
    const missing = await fw.hosts.assemble();
    if (missing) return missing;
    fw.windows.place();
    fw.subtitles.lay();
    await fw.registration.wait();
    await fw.helios.wait();
    if (!(await fw.pending.quiet(fw.config.image_timeout))) {
      const message = `Something that the page loads or decodes was not there after ${fw.config.image_timeout} s: the first frame does not wait for it.`;
      fw.notices.add("WORK_UNFINISHED", message);
    }
    if (fw.failures.first !== null) return { code: "SCRIPT_ERROR", message: "A script of the page threw.", thrown: fw.failures.first, missing: fw.registration.missing() };
    await Promise.all([fw.fonts.wait(), fw.images.wait(), fw.smil.inspect(), tailwind(), fw.adapters.wait()]);
    await fw.movingImages.ready();
    const unread = await fw.media.ready();
    if (unread) return unread;
    fw.windows.fill();
    return null;
  };

  const wait = async () => {
    const failure = await local();
    if (failure) return failure;
    const below = fw.realms().filter((realm) => realm !== fw);
    const failures = await Promise.all(below.map((realm) => realm.ready.local()));
    const found = failures.find((one) => one !== null);
    if (found) return found;
    // What is nearly done is let finish: a drawing that was asked for belongs to the first frame.
    const done = () => fw.realms().every((realm) => realm.timers.short() + realm.frames.short() === 0);
    if (!(await fw.waits.until(done, SHORT_WORK_TIMEOUT))) {
      fw.notices.add("WORK_UNFINISHED", `Short timers and callbacks of the page's start were still running after ${SHORT_WORK_TIMEOUT} s.`);
    }
    return null;
  };

  fw.ready = { wait, local };
}
