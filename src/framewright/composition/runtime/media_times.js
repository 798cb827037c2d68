// fw.mediaTimes: where in its source a video or a sound stands at a time of the page. All times are seconds.
//   isPlaced(record)           its attributes say when it plays; then scripts do not
//   playsByItself(record)      without such: from the beginning of its composition on
//   span(record)               {start, stop, offset, rate, line}: of one that is placed
//   position(record, seconds)  seconds of its source: before its start the first, past its end the last
//   isPlaying(record, seconds), hasEnded(record, seconds)
//   isUntouched(record, seconds)   it has neither been played nor put anywhere by then
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
  // These say when it plays; scripts have no say then.
  const FIXED = ["data-start", "data-helios-offset", "data-helios-seek"];
  // Any of these has it play from the beginning of its composition on, as autoplay does.
  const TIMED = [
    "autoplay", "data-end", "data-duration", "data-composition-duration", "data-media-start", "data-playback-start", "data-track-index",
    "data-volume", "data-automation", "data-audio-group", "data-fx-chain",
  ];

  /** @param {FwMediaRecord} record */
  const isPlaced = ({ element }) => FIXED.some((name) => element.hasAttribute(name));

  /** @param {FwMediaRecord} record */
  const playsByItself = ({ element }) => TIMED.some((name) => element.hasAttribute(name));

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

  /** @param {FwMediaRecord} record */
  const span = ({ element, realm }) => {
    const { references } = realm;
    const line = references.line(references.composition(element));
    const { offset, rate } = references.media(element);
    const start = references.start(element);
    const duration = references.duration(element);
    return { start, stop: start + (duration ?? Infinity), offset, rate, line };
  };

  /** Seconds of the page's clock since it began to play, on its own clock. @param {ReturnType<typeof span>} shown @param {number} seconds */
  const elapsed = ({ start, stop, line }, seconds) => {
    const at = Math.min(seconds, stop);
    return Math.max(0, (at - start) * line.rate);
  };

  /** When a placed one has come to its end; it may hold its last picture from then on. @param {FwMediaRecord} record @param {ReturnType<typeof span>} shown */
  const over = (record, { start, offset, rate, line }) => {
    if (fw.natives.media.loop(record.element)) return Infinity;
    return start + Math.max(0, length(record) - offset) / (rate * line.rate);
  };

  /** @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const begun = (record, segment) => (segment.at === -Infinity ? record.realm.animations.zero(record.element) / 1000 : segment.at);

  /** How long it goes on by itself, at most. @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const lasts = (record, segment) => (segment.auto ? (record.realm.references.duration(record.element) ?? Infinity) : Infinity);

  /** @param {FwMediaRecord} record @param {number} seconds */
  const segmentAt = ({ segments }, seconds) => {
    let at = segments.length - 1;
    while (at > 0 && segments[at].at > seconds + NEARLY) at -= 1;
    return at;
  };

  /** @param {FwMediaRecord} record @param {FwMediaSegment} segment */
  const speed = (record, segment) => (segment.playing ? segment.rate * record.realm.animations.pace(record.element) : 0);

  /** Not yet wrapped or cut. @param {FwMediaRecord} record @param {FwMediaSegment} segment @param {number} seconds */
  const reached = (record, segment, seconds) => {
    const own = segment.position ?? record.realm.references.media(record.element).offset;
    const pace = speed(record, segment);
    return pace === 0 ? own : own + Math.min(lasts(record, segment), Math.max(0, seconds - begun(record, segment))) * pace;
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const position = (record, seconds) => {
    if (isPlaced(record)) {
      const shown = span(record);
      return fitted(record, fw.natives.media.loop(record.element), shown.offset, shown.offset + elapsed(shown, seconds) * shown.rate);
    }
    const segment = record.segments[segmentAt(record, seconds)];
    return fitted(record, segment.loop, record.realm.references.media(record.element).offset, reached(record, segment, seconds));
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const hasEnded = (record, seconds) => {
    if (!record.facts) return false;
    if (isPlaced(record)) {
      const shown = span(record);
      return seconds + NEARLY >= over(record, shown) && over(record, shown) <= shown.stop;
    }
    const segment = record.segments[segmentAt(record, seconds)];
    return !segment.loop && reached(record, segment, seconds) + NEARLY >= length(record);
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const isPlaying = (record, seconds) => {
    if (isPlaced(record)) {
      const shown = span(record);
      return seconds + NEARLY >= shown.start && seconds + NEARLY < Math.min(shown.stop, over(record, shown));
    }
    const segment = record.segments[segmentAt(record, seconds)];
    if (!segment.playing || hasEnded(record, seconds)) return false;
    const since = seconds + NEARLY - begun(record, segment);
    return since >= 0 && since < lasts(record, segment);
  };

  /** @param {FwMediaRecord} record @param {Partial<FwMediaSegment>} edit */
  const change = (record, edit) => {
    const now = time.now / 1000;
    const { segments } = record;
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
    if (isPlaced(record)) {
      const { start, stop, offset, rate, line } = span(record);
      return [{ start, stop, position: offset, rate: rate * line.rate, loop: fw.natives.media.loop(record.element), starts: true, source: null }];
    }
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
  const marks = (record, after) => {
    const { offset } = record.realm.references.media(record.element);
    const placed = isPlaced(record);
    const found = intervals(record).flatMap((interval) => marksOf(record, interval, offset, placed ? ["pause"] : [], after));
    const later = found.filter(({ at, types }) => at > after + NEARLY && at !== Infinity && types.length > 0);
    return later.reduce((/** @type {FwMediaMark | null} */ soonest, mark) => (soonest && soonest.at <= mark.at ? soonest : mark), null);
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
    return !isPlaced(record) && record.segments.slice(0, until).every(({ playing, position }) => !playing && position === null);
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const rate = (record, seconds) => record.segments[segmentAt(record, seconds)].rate;

  fw.mediaTimes = { isPlaced, playsByItself, isUntouched, rate, span, position, isPlaying, hasEnded, length, intervals, marks, until, change };
}
