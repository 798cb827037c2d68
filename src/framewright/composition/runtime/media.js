// fw.media: the videos and sounds of the page, for what shows, hears and describes them.
//   all()            a record for each that is known in this document; see FwMediaRecord
//   of(element)      its record, also one of another document; null for what is none, or is fed by a script
//   length(element)  seconds of its source; null: not known
//   ready()          resolves when all are described; with {code, message} when one that is to be shown or heard cannot be
//                    read, else with null. Those that are neither are warnings
//   posters()        puts the pictures in place that stand for them; promises of those that must be loaded
//   settle()         waits for what has been begun in this frame: null when there is nothing
//   next(seconds)    when one of them tells the page something that it listens to; null: perhaps in each frame
{
  const { natives } = fw;
  const MOST_TURNS = 20;

  const all = () => {
    for (const scope of fw.shadows.roots()) for (const element of scope.querySelectorAll("video, audio")) fw.mediaRecords.of(element);
    return fw.mediaRecords.known();
  };

  /** @param {Element} element */
  const isHidden = (element) => {
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
      if ((at.getAttribute("data-hidden") ?? "false") !== "false") return true;
    }
    return false;
  };

  /** Whether somebody will see or hear it, as far as the page says. @param {FwMediaRecord} record */
  const counts = (record) => {
    const { element, kind } = record;
    if (!element.isConnected || isHidden(element)) return false;
    const { placed, byItself } = fw.mediaPlans.of(record);
    if (kind === "audio") return !natives.media.muted(element) && (placed || byItself);
    return placed || element.checkVisibility();
  };

  /** @param {string | null} address */
  const told = (address) => {
    const text = address ?? "";
    return text.length > 120 ? `${text.slice(0, 120)}…` : text;
  };

  /** @param {FwMediaRecord} record */
  const judged = (record) => {
    const { element, failure, address } = record;
    if (!failure) return null;
    const message = `${record.kind} ${fw.notices.pointAt(element)}: ${failure.message}`;
    if (counts(record)) return { code: failure.code, message };
    fw.notices.add("MEDIA_FAILED", failure.message, element, told(address));
    return null;
  };

  const ready = async () => {
    const limit = fw.config.load_timeout;
    all();
    if (!(await fw.mediaRecords.idle(limit))) {
      const late = fw.mediaRecords.known().find(({ network }) => network === 2);
      const what = late ? `${late.kind} ${fw.notices.pointAt(late.element)}: ${told(late.address)}` : "A video or a sound";
      return { code: "MEDIA_TIMEOUT", message: `${what} was not described within ${limit} s.` };
    }
    fw.windows.refresh();
    for (const record of fw.mediaRecords.known()) fw.mediaRecords.empty(record);
    return fw.mediaRecords.known().map(judged).find((failure) => failure !== null) ?? null;
  };

  const wait = async () => {
    const limit = fw.config.promise_timeout;
    for (let turns = 0; turns < MOST_TURNS && fw.mediaRecords.busy() > 0; turns += 1) {
      if (!(await fw.mediaRecords.idle(limit))) {
        fw.notices.add("MEDIA_LATE", `What a script has made of a video or a sound was not there after ${limit} s: this frame does not wait for it.`);
        return;
      }
      await fw.clock.settle();
    }
  };

  fw.media = {
    all,
    of: (element) => fw.mediaRecords.of(element),
    length: (element) => fw.mediaRecords.of(element)?.facts?.seconds ?? null,
    ready,
    posters: () => fw.mediaRecords.known().map(fw.mediaPoster.place).filter((promise) => promise !== null),
    settle: () => (fw.mediaRecords.busy() > 0 ? wait() : null),
    next: (seconds) => (fw.mediaEvents.still(seconds) ? (fw.mediaEvents.next()?.at ?? Infinity) / 1000 : null),
  };
}
