// fw.mediaTimes: where in its source a video or a sound stands at a time of the page. All times are seconds.
//   position(record, seconds)  seconds of its source: before its start the first, past its end the last
//   isPlaying(record, seconds), hasEnded(record, seconds)
//   isUntouched(record, seconds)   it has neither been played nor put anywhere by then
//   stands(record)             its source has not been played by now
//   rate(record, seconds)      as a script has set it
//   length(record)             of its source; Infinity where that is not known
//   intervals(record)          {start, stop, position, rate, loop} for each stretch in which it plays, by the page's time
//   marks(record, after)       the next thing that happens to it later than that: {at, types}; null: nothing
//   until(record, seconds, stop)   when it leaves what it shows until `stop` of its source; Infinity: never
//   change(record, edit)       a script has given it another position, rate, loop, or has it play or stand
// One without data-start stands, or plays by autoplay or by the calls of scripts. What was called is kept with the
// time at which it was: going back shows what was there then.
{
  const { time } = fw;
  const NEARLY = 1e-6;
  const MOST_SEGMENTS = 20_000;
  const { of } = fw.mediaPlans;

  /** @param {FwMediaRecord} record */
  const length = ({ facts }) => facts?.seconds ?? Infinity;

  /** @param {FwMediaRecord} record @param {boolean} loop @param {number} offset @param {number} seconds of its source */
  const fitted = (record, loop, offset, seconds) => {
    const last = length(record);
    if (seconds + NEARLY < last) return Math.max(0, seconds);
    if (!loop || last <= offset) return last;
    const turns = Math.floor((seconds - offset + NEARLY) / (last - offset));
    return Math.max(offset, seconds - turns * (last - offset));
  };

  /** Seconds on the clock of its composition since it began to play. @param {FwMediaPlan} plan @param {number} seconds */
  const elapsed = ({ start, stop, line }, seconds) => Math.max(0, (Math.min(seconds, stop) - start) * line.rate);

  /** @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const begun = (record, segment) => (segment.at === -Infinity ? of(record).zero : segment.at);

  /** How long it goes on, at most. @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const lasts = (record, segment) => (segment.auto ? of(record).lasts : Infinity);

  /** @param {FwMediaRecord} record @param {number} seconds */
  const segmentAt = ({ segments }, seconds) => {
    let at = segments.length - 1;
    while (at > 0 && segments[at].at > seconds + NEARLY) at -= 1;
    return at;
  };

  /** @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const speed = (record, segment) => (segment.playing ? segment.rate * of(record).pace : 0);

  /** Not yet wrapped or cut. @param {FwMediaRecord} record @param {FwMediaSegment} segment @param {number} seconds */
  const reached = (record, segment, seconds) => {
    const own = segment.position ?? of(record).offset;
    const pace = speed(record, segment);
    return pace === 0 ? own : own + Math.min(lasts(record, segment), Math.max(0, seconds - begun(record, segment))) * pace;
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const position = (record, seconds) => {
    const plan = of(record);
    if (plan.placed) return fitted(record, plan.loop, plan.offset, plan.offset + elapsed(plan, seconds) * plan.rate);
    const segment = record.segments[segmentAt(record, seconds)];
    return fitted(record, segment.loop, plan.offset, reached(record, segment, seconds));
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const hasEnded = (record, seconds) => {
    if (!record.facts) return false;
    const { placed, ends, stop } = of(record);
    if (placed) return seconds + NEARLY >= ends && ends <= stop;
    const segment = record.segments[segmentAt(record, seconds)];
    return !segment.loop && reached(record, segment, seconds) + NEARLY >= length(record);
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const isPlaying = (record, seconds) => {
    const { placed, start, stop, ends } = of(record);
    if (placed) return seconds + NEARLY >= start && seconds + NEARLY < Math.min(stop, ends);
    const segment = record.segments[segmentAt(record, seconds)];
    if (!segment.playing || hasEnded(record, seconds)) return false;
    const since = seconds + NEARLY - begun(record, segment);
    return since >= 0 && since < lasts(record, segment);
  };

  /** @param {FwMediaRecord} record @param {Partial<FwMediaSegment>} edit */
  const change = (record, edit) => {
    const now = time.now / 1000;
    const { segments } = record;
    record.changes += 1;
    const index = segmentAt(record, now);
    const known = segments[index];
    // What a script does while loading is there from the beginning on, and so is not moved by how long that took.
    const at = time.loading ? -Infinity : now;
    const standing = { ...known, at, position: time.loading ? known.position : position(record, now) };
    const changed = { ...standing, ...edit, source: null };
    if (known.at === at || Math.abs(known.at - at) < NEARLY) segments[index] = { ...changed, at: known.at };
    else segments.splice(index + 1, 0, changed);
    if (segments.length > MOST_SEGMENTS) segments.splice(1, MOST_SEGMENTS / 2);
  };

  /** @param {FwMediaRecord} record */
  const intervals = (record) => {
    const { placed, start: from, stop: to, offset, rate: own, line, loop: turns } = of(record);
    if (placed) return [{ start: from, stop: to, position: offset, rate: own * line.rate, loop: turns, starts: true, source: null }];
    const found = record.segments.map((segment, index) => {
      const rate = speed(record, segment);
      const start = begun(record, segment);
      const last = segment.source ? (segment.source.facts?.seconds ?? Infinity) : length(record);
      const left = segment.loop ? Infinity : (last - reached(record, segment, -Infinity)) / rate;
      const stop = Math.min(record.segments[index + 1]?.at ?? Infinity, start + Math.min(lasts(record, segment), left));
      return { start, stop, position: reached(record, segment, -Infinity), rate, loop: segment.loop, starts: segment.auto, source: segment.source };
    });
    return found.filter(({ rate, start, stop }) => rate > 0 && stop > start);
  };

  const STARTS = ["play", "playing"];
  const WRAPS = ["seeking", "timeupdate", "seeked"];
  const ENDS = ["timeupdate", "pause", "ended"];

  /** What one stretch tells of: its start, its end, and the next of its turns. @param {FwMediaRecord} record @param {FwMediaInterval} interval
   * @param {number} offset @param {string[]} stops @param {number} after @returns {FwMediaMark[]} */
  const marksOf = (record, { start, stop, position: first, rate, loop, starts }, offset, stops, after) => {
    const last = length(record);
    /** @type {FwMediaMark[]} */
    const marks = starts ? [{ at: start, types: STARTS }] : [];
    const end = start + Math.max(0, last - first) / rate;
    if (stop < end || loop) marks.push({ at: stop, types: stops });
    if (!loop && end <= stop) marks.push({ at: end, types: ENDS });
    if (loop && last > offset && last !== Infinity) {
      const turn = (last - offset) / rate;
      const turns = after < end ? 0 : Math.floor((after - end) / turn + NEARLY) + 1;
      if (end + turns * turn < stop) marks.push({ at: end + turns * turn, types: WRAPS });
    }
    return marks;
  };

  /** @param {FwMediaRecord} record @param {number} after @returns {FwMediaMark | null} */
  const next = (record, after) => {
    const { placed, offset } = of(record);
    const found = intervals(record).flatMap((interval) => marksOf(record, interval, offset, placed ? ["pause"] : [], after));
    const later = found.filter(({ at, types }) => at > after + NEARLY && at !== Infinity && types.length > 0);
    return later.reduce((/** @type {FwMediaMark | null} */ soonest, mark) => (soonest && soonest.at <= mark.at ? soonest : mark), null);
  };

  /** @param {FwMediaRecord} record @param {number} after */
  const marks = (record, after) => {
    const plan = of(record);
    const known = record.coming;
    if (known && known.plan === plan && known.after === after) return known.mark;
    const mark = next(record, after);
    record.coming = { plan, after, mark };
    return mark;
  };

  /** @param {FwMediaRecord} record @param {number} seconds @param {number | null} stop */
  const until = (record, seconds, stop) => {
    let soonest = Infinity;
    for (const { start, stop: ends, rate, loop } of intervals(record)) {
      if (start > seconds + NEARLY) soonest = Math.min(soonest, start);
      else if (seconds + NEARLY < ends) {
        const at = position(record, seconds);
        soonest = Math.min(soonest, ends);
        if (stop !== null) soonest = Math.min(soonest, seconds + Math.max(0, stop - at) / rate);
        if (loop && length(record) !== Infinity) soonest = Math.min(soonest, seconds + (length(record) - at) / rate);
      }
    }
    for (const { at } of record.segments) if (at > seconds + NEARLY) soonest = Math.min(soonest, at);
    return soonest;
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const isUntouched = (record, seconds) => {
    const until = segmentAt(record, seconds) + 1;
    return !of(record).placed && record.segments.slice(0, until).every(({ playing, position }) => !playing && position === null);
  };

  /** @param {FwMediaRecord} record */
  const stands = (record) => {
    const until = segmentAt(record, time.now / 1000) + 1;
    return record.segments.slice(0, until).every(({ playing, source }) => !playing || source !== null);
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const rate = (record, seconds) => record.segments[segmentAt(record, seconds)].rate;

  fw.mediaTimes = { isUntouched, stands, rate, position, isPlaying, hasEnded, length, intervals, marks, until, change };
}
