// fw.registration: waiting for the timelines of compositions.
//   wait()     until each has registered its own, or need not, or nothing is under way that could bring it; warns of
//              those that never came
//   missing()  the id of the first composition that is still waited for, or null
// A page that never speaks of __timelines is not waited for.
{
  const QUIET = 1; // seconds: these waits are in real time
  const IDLE = 1.5;
  const ROUNDS = 5;

  /** @param {HTMLScriptElement} script */
  const isScript = (script) => !/json|importmap|text\/(?!javascript)/i.test(script.type) && fw.instances.of(script) === null;
  const scripts = () => Array.from(document.scripts).filter(isScript);

  const mentioned = () => fw.timelines.touched() || scripts().some((script) => script.text.includes("__timelines"));

  /** @param {Element} element */
  const unheard = (element) => fw.instances.of(element) === null && !fw.instances.at(element);
  /** @returns {Element[]} */
  const awaited = () => {
    const missing = fw.timelines.missing();
    return missing.length === 0 || mentioned() ? missing : missing.filter((/** @type {Element} */ element) => !unheard(element));
  };

  /** Tells, asked again and again, whether nothing can come any more. A timer that is set anew in each of its calls, or a
   * chain of frames, may go on for ever: it is given some rounds. @param {number} seconds how long to wait at most */
  const exhaustion = (seconds) => {
    const { now } = fw.natives;
    let [idleSince, begun] = [Number.NaN, -1];
    return () => {
      const busy = fw.pending.count() > 0 || fw.root.pending.isFetching() || document.fonts.status === "loading";
      if (busy || fw.timers.coming(seconds * 1000) > 0 || fw.pending.begun() !== begun) idleSince = now();
      begun = fw.pending.begun();
      const idle = (now() - idleSince) / 1000;
      const circling = fw.timers.circling() + fw.frames.waiting() > 0;
      if (circling && idle > IDLE) fw.frames.release(); // it may be looking for something in each frame
      return idle > (circling ? ROUNDS : IDLE);
    };
  };

  const register = async () => {
    const spoken = fw.instances.all().some(({ mentions }) => mentions);
    if (fw.timelines.missing().length === 0 || (scripts().length === 0 && !spoken)) return;
    const over = () => awaited().length === 0 || fw.failures.first !== null;
    if (awaited().length === 0 && !(await fw.waits.until(() => mentioned() || fw.failures.first !== null, QUIET))) return;
    if (!(await fw.waits.until(over, QUIET))) {
      fw.timers.release(); // the page may be waiting for one of them
      const limit = fw.config.timeline_timeout;
      const exhausted = exhaustion(limit);
      await fw.waits.until(() => over() || exhausted(), limit);
    }
    if (fw.failures.first !== null) return;
    for (const element of awaited()) {
      const id = element.getAttribute("data-composition-id");
      const message = `No timeline was registered as window.__timelines['${id}']: it stays as it is, or give it data-no-timeline.`;
      fw.notices.add("TIMELINE_NOT_REGISTERED", message, element);
    }
  };

  fw.registration = {
    async wait() {
      await register();
      fw.timelines.share();
    },
    missing: () => awaited()[0]?.getAttribute("data-composition-id") ?? null,
  };
}
