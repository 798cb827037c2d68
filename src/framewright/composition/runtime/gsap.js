// fw.gsap: GSAP animations that run by themselves, such as gsap.to(…) without a registered timeline.
// Each copy's root timeline is driven to the exact time in the place of its ticker, which knows no way back, and what
// has ended stays in it, so that it can be gone back to.
//   begin()       the clock obeys from now on
//   place()       puts them all at the clock's time
//   calling(act)  does what may call callbacks of timelines that are driven by somebody else
//   due(target)   the first callback on the way to a time (milliseconds); null without any
//   seek()        one tick of each ticker, after the timelines: listeners draw what those have moved
//   next(seconds) when the next one begins; Infinity: never; null: one is running
// Going back calls nothing but onUpdate. What callbacks have begun since is taken out of the root: they will begin it again.
{
  const { natives, time } = fw;
  const today = natives.Date.now;
  const MOST = 20_000;
  const FORGETS = `More than ${MOST} GSAP animations have run: going back in time no longer shows those that have ended.`;

  /** Seconds on the clock of a copy. @param {FwGsap} copy @param {number} [now] milliseconds */
  const own = (copy, now = time.now) => {
    const seconds = Math.max(0, now - copy.zero) / 1000;
    return copy.rate ? Math.floor(seconds * copy.rate + 1e-3) / copy.rate : seconds;
  };

  /** @param {FwGsap} copy */
  const adopt = (copy) => {
    copy.adopted = true;
    const { ticker, globalTimeline, updateRoot } = copy.gsap;
    // A page may have taken it off the ticker to drive it by itself.
    copy.driven = ticker._listeners?.includes(updateRoot) ?? true;
    copy.ticked = today();
    if (!copy.driven) return;
    ticker.remove(updateRoot);
    globalTimeline.autoRemoveChildren = false;
  };

  const copies = () => {
    const all = fw.gsapCopies.all();
    for (const copy of all) if (!copy.adopted) adopt(copy);
    return all;
  };

  /** @param {FwGsap} copy */
  const children = ({ gsap }) => gsap.globalTimeline.getChildren(false, true, true);

  /** Remembers which of the new animations were begun by a callback. @param {FwGsap} copy @param {boolean} called */
  const notice = (copy, called) => {
    const root = copy.gsap.globalTimeline;
    if (root._last === copy.last) return;
    copy.last = root._last;
    const all = children(copy);
    for (const child of all) {
      if (copy.known.has(child)) continue;
      copy.known.add(child);
      if (called) copy.born.add(child);
    }
    if (all.length <= MOST || root.autoRemoveChildren) return;
    root.autoRemoveChildren = true;
    fw.notices.add("GSAP_FORGETS", FORGETS);
  };

  /** @param {FwGsap} copy @param {number} seconds */
  const rewind = (copy, seconds) => {
    const root = copy.gsap.globalTimeline;
    const rate = root.paused() ? 0 : root.timeScale();
    const all = children(copy);
    const running = all.filter((/** @type {any} */ child) => !child.paused());
    if (rate > 0) fw.gsapMoments.muted(running, () => root.render((seconds - root.startTime()) * rate, false));
    for (const child of all) {
      if (copy.born.has(child) && child.startTime() - child.delay() > seconds) root.remove(child);
    }
    copy.last = root._last;
    copy.passed = seconds;
  };

  /** @param {FwGsap} copy @param {number} seconds */
  const put = (copy, seconds) => {
    if (!copy.driven) return;
    notice(copy, false);
    try {
      if (seconds < copy.at) rewind(copy, seconds);
      copy.at = seconds;
      copy.gsap.updateRoot(seconds);
    } catch (error) {
      fw.failures.report(error, "A GSAP animation");
    }
    notice(copy, true);
  };

  /** @param {FwGsap} copy */
  const tick = (copy) => {
    const { ticker } = copy.gsap;
    const now = today();
    // Without this a long step would be taken for a lag, and shortened; and a step back for no step at all.
    ticker.lagSmoothing(0, Math.min(0, now - copy.ticked));
    copy.ticked = now;
    try {
      ticker.tick();
    } catch (error) {
      fw.failures.report(error, "A listener of gsap.ticker");
    }
    // Nothing but listeners needs it to ask for the next frame; a picture could never be known to hold.
    if (copy.driven && ticker._listeners?.length === 0) ticker.sleep();
  };

  /** The first callback on the way. @param {FwGsap} copy @param {number} target milliseconds */
  const moment = (copy, target) => {
    const root = copy.gsap.globalTimeline;
    const rate = root.paused() ? 0 : root.timeScale();
    const [from, to] = [Math.max(copy.at, copy.passed), own(copy, target)];
    if (!copy.driven || !(rate > 0) || !(to > from)) return Infinity;
    let first = Infinity;
    const start = root.startTime();
    for (const child of children(copy)) {
      if (!child.paused()) first = Math.min(first, fw.gsapMoments.of(child, (from - start) * rate, (to - start) * rate));
    }
    return start + first / rate;
  };

  /** @param {number} target @returns {FwDue | null} */
  const due = (target) => {
    /** @type {FwDue | null} */
    let first = null;
    for (const copy of copies()) {
      const seconds = moment(copy, target);
      const at = Math.max(time.now, copy.zero + seconds * 1000);
      if (seconds === Infinity || (first && first.at <= at)) continue;
      const run = () => {
        copy.passed = seconds;
        put(copy, seconds);
      };
      first = { at, delay: 0, run };
    }
    return first;
  };

  /** Seconds until which nothing of a copy moves; null: not known. @param {FwGsap} copy */
  const still = (copy) => {
    const { ticker, globalTimeline: root } = copy.gsap;
    if (!copy.driven || (ticker._listeners?.length ?? 1) > 0) return null;
    let soonest = Infinity;
    for (const child of children(copy)) {
      if (child.paused() || child.endTime() <= copy.at) continue;
      if (child.startTime() <= copy.at || root.timeScale() !== 1) return null;
      soonest = Math.min(soonest, copy.zero / 1000 + child.startTime());
    }
    return soonest;
  };

  fw.gsap = {
    begin: () => void copies(),
    place() {
      for (const copy of copies()) put(copy, own(copy));
    },
    calling(act) {
      for (const copy of copies()) notice(copy, false);
      act();
      for (const copy of copies()) notice(copy, true);
    },
    due,
    seek: () => copies().forEach(tick),
    next() {
      let soonest = Infinity;
      for (const copy of copies()) {
        const until = still(copy);
        if (until === null) return null;
        soonest = Math.min(soonest, until);
      }
      return soonest;
    },
  };
}
