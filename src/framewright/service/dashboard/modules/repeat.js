// Something again and again, one at a time, and not while nobody looks at the page.
//   repeat(work)   work(signal) answers how many milliseconds to rest; Infinity: until it is asked for
//   .now()         does it at once
//   .stop()

/** @param {(signal: AbortSignal) => Promise<number>} work */
export const repeat = (work) => {
  const control = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let busy = false;
  let again = false;
  let due = false;

  const go = async () => {
    clearTimeout(timer);
    if (control.signal.aborted) return;
    if (busy) {
      again = true;
      return;
    }
    if (document.hidden) {
      due = true;
      return;
    }
    busy = true;
    due = false;
    const pause = await work(control.signal);
    busy = false;
    if (control.signal.aborted) return;
    if (again || pause < Infinity) timer = setTimeout(go, again ? 0 : pause);
    again = false;
  };

  const seen = () => {
    if (!document.hidden && due) void go();
  };
  document.addEventListener("visibilitychange", seen);
  void go();
  return {
    now: () => void go(),
    stop: () => {
      control.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
};
