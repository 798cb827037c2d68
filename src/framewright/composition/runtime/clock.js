// fw.time, fw.clock: the time of the composition. It reads 0 while the page loads and then moves only when told to,
// forwards or back. The readings stay at 0 although short timers run meanwhile, so that a start time that a page takes
// for itself is the same in every worker, however long loading took.
//   time.now       milliseconds; within the callback of a timer the time at which it was due
//   time.loading   true until begin()
//   time.moves     counts the moves
//   clock.milliseconds(seconds)   whole milliseconds come out whole
//   clock.begin()                 ends loading, in every realm: timers that wait are armed at 0
//   clock.advance(seconds)        moves the clock; timers and ends of animations that are due on the way run at their own
//                                 times. Null when it is done, a promise when there was something to run
//   clock.catchUp()               runs what has become due at times that have passed, as advance() does
//   clock.settle()                resolves when waiting promises and message tasks have run
// begin and advance work on all realms, called on any.
{
  const { natives } = fw;
  // A page may ask for the next callback at once, for ever. So many of these run in one frame, then they wait.
  const MOST_AT_ONCE = 2000;
  const AT_ONCE = 4; // milliseconds
  // A leap over ten seconds owes an interval of 4 ms its 2500 calls, as ten seconds of small steps do.
  const MOST_A_MILLISECOND = 2;
  const LONGEST_SLEEP = 1000; // milliseconds
  const MOST_TURNS = 30;
  const ENDLESS = "A timer asks for itself again and again without a delay: its calls are cut off in each frame.";

  fw.time = fw.root === fw ? { now: 0, loading: true, moves: 0 } : fw.root.time;
  const { time } = fw;

  /** @param {number} now milliseconds */
  const move = (now) => {
    time.now = now;
    time.moves += 1;
  };

  /** The first thing that is due until `target`. @param {number} target milliseconds @param {boolean} [endless] */
  const nextDue = (target, endless = false) => {
    /** @type {FwDue | null} */
    let first = null;
    const take = (/** @type {FwDue | null} */ due) => {
      if (due && due.at <= target && (!first || due.at < first.at)) first = due;
    };
    for (const realm of fw.realms()) {
      take(realm.timers.next());
      if (endless) continue;
      take(realm.animations.next());
      take(realm.mediaEvents.next());
      take(realm.timelines.due(target));
      take(realm.adapters.due(target));
    }
    return /** @type {FwDue | null} */ (first);
  };

  const posted = () => fw.realms().reduce((sum, realm) => sum + realm.messages.posted(), 0);

  const settle = async () => {
    let before = -1;
    // Frameworks that batch their work post themselves a message, and from that another: effects, then what they set.
    for (let turns = 0; turns < 2 || (turns < MOST_TURNS && posted() !== before); turns += 1) {
      before = posted();
      await natives.turn();
    }
  };

  /** The source that it has given a video is there at the same time, whether or not a frame comes between. */
  const loaded = async () => {
    for (const realm of fw.realms()) {
      const settled = realm.media.settle();
      if (settled) await settled;
    }
  };

  /** A leap is not taken for a sleep of the page: intervals of a second look whether frames have gone on meanwhile, and
   * shift the clock of their animations by what is missing. */
  const wakeUp = async () => {
    const asleep = fw.realms().filter((realm) => time.now - realm.frames.ran() >= LONGEST_SLEEP);
    for (const realm of asleep) realm.frames.run();
    if (asleep.length > 0) await natives.turn();
  };

  /** @param {FwDue | null} due @param {number} target milliseconds */
  const run = async (due, target) => {
    const most = MOST_AT_ONCE + MOST_A_MILLISECOND * Math.max(0, target - time.now);
    let atOnce = 0;
    for (; due; due = nextDue(target, atOnce > most)) {
      if (due.delay <= AT_ONCE && ++atOnce > most) {
        fw.root.notices.add("TIMERS_ENDLESS", ENDLESS);
        for (const realm of fw.realms()) realm.timers.postpone(target, AT_ONCE, MOST_AT_ONCE);
        continue;
      }
      if (due.at !== time.now) {
        move(due.at); // back, when a window has just shown what began a while ago
        for (const realm of fw.realms()) realm.animations.place(); // what the callback measures is of its own time
      }
      for (const realm of fw.realms()) realm.adapters.place();
      if (due.repeats) await wakeUp();
      const pictures = fw.pictures.update(time.now / 1000); // a callback may draw a video
      if (pictures) await pictures;
      due.run();
      await natives.turn();
      await loaded();
      for (const realm of fw.realms()) if (realm.shadows.changed()) realm.animations.obey();
    }
    move(target);
    for (const realm of fw.realms()) realm.animations.place();
  };

  fw.clock = {
    milliseconds(seconds) {
      const exact = seconds * 1000;
      const whole = Math.round(exact);
      return Math.abs(exact - whole) < 1e-6 ? whole : exact; // 0.029 * 1000 is 28.999999999999996
    },
    begin() {
      if (!time.loading) return;
      for (const realm of fw.realms()) {
        realm.shadows.find();
        realm.phases.find();
        realm.tellForeign();
        realm.animations.seek("script");
      }
      move(0);
      for (const realm of fw.realms()) realm.timers.begin();
      time.loading = false;
      for (const realm of fw.realms()) {
        realm.frames.begin();
        realm.animations.begin();
      }
    },
    advance(seconds) {
      const target = fw.clock.milliseconds(seconds);
      // What has happened since the last frame has happened at its time.
      for (const realm of fw.realms()) realm.animations.obey();
      if (target < time.now) move(target);
      const due = nextDue(target);
      if (due) return run(due, target);
      move(target);
      return null;
    },
    catchUp() {
      const due = nextDue(time.now);
      return due && run(due, time.now);
    },
    settle,
  };
}
