// fw.mediaRecords: what is known of each video and sound: in the document, in its shadow roots, and made by scripts.
//   of(element)      its record, made at the first touch; null for one that is fed by a script, or is none
//   known()          the records of this document, those of elements that a script has made included
//   load(record)     its source is read anew
//   feed(element)    a script has given it a stream, or taken it away
//   busy()           how many sources of this document are being described, or pictures awaited
//   work(promise)    counts as busy until it has settled
//   idle(seconds)    true once nothing is; false when the time is up
//   guard(scope)     a document or shadow root: what appears in it is found
//   empty(record)    the browser itself loads nothing for it
//   isEmptied(element)   that was done
// The browser loads none of them. Sources are described once by Python; the element answers from that.
{
  const { natives, time } = fw;
  const SOURCES = ["src", "type", "media"];
  const MEDIA = "video, audio";
  const JUST_NOW = 0.01; // milliseconds: what begins at this time is still told
  const OWN = "It is fed by a script (srcObject or MediaSource): its pictures and its sound are not in the video, unless a canvas draws them.";
  /** Of all documents: elements go from one to another. @type {WeakMap<Element, FwMediaRecord>} */
  const records = fw.root === fw ? new WeakMap() : fw.root.mediaRecords.table;
  /** @type {Set<WeakRef<FwMediaRecord>>} */
  const known = new Set();
  /** Those that have played sound after their last reference. @type {Set<FwMediaRecord>} */
  const heard = new Set();
  /** @type {WeakSet<Element>} */
  const emptied = fw.root === fw ? new WeakSet() : fw.root.mediaRecords.emptied;
  const silence = () => new natives.media.MediaStream();
  let underWay = 0;
  /** Who waits for that to be nothing. @type {((value?: undefined) => void)[]} */
  const quiet = [];

  const observer = new MutationObserver((changes) => changes.forEach(note));

  /** @param {MutationRecord} change */
  const note = ({ type, target, attributeName, addedNodes }) => {
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const element = /** @type {Element} */ (node);
      if (element.matches(MEDIA)) meet(element);
      else if (element.localName === "source") renew(element.parentElement);
      if (element.firstElementChild) for (const inner of element.querySelectorAll(MEDIA)) meet(inner);
    }
    if (type !== "attributes") return;
    const element = /** @type {Element} */ (target);
    if (element.localName === "source") renew(element.parentElement);
    const record = records.get(element);
    if (!record) return;
    record.changes += 1;
    fw.mediaEvents.hears(element);
    if (attributeName === "src") renew(element);
    else if (!SOURCES.includes(attributeName ?? "")) fw.windows?.refresh();
    if (attributeName === "loop") fw.mediaTimes.change(record, { loop: natives.media.loop(element) });
    // Frameworks often set it after the source.
    if (attributeName === "autoplay" && natives.media.autoplay(element) && (time.loading || fw.mediaTimes.stands(record))) start(record);
  };

  /** @param {Element} element */
  const meet = (element) => {
    of(element);
    renew(element);
  };

  /** @param {FwMediaRecord} record */
  const start = (record) => fw.mediaTimes.change(record, { playing: true, auto: true });

  /** Its attributes may name another source by now. @param {Element | null} element */
  const renew = (element) => {
    const record = element && records.get(element);
    if (!record) return;
    const { addresses, own } = fw.mediaSources.of(record.element);
    record.own = own;
    if (addresses.join("\n") !== record.written) load(record);
  };

  /** @param {HTMLMediaElement} element */
  const make = (element) => {
    const loop = natives.media.loop(element);
    /** @type {FwMediaRecord} */
    const record = {
      element,
      realm: fw,
      kind: element.localName === "video" ? "video" : "audio",
      address: null,
      written: "",
      facts: null,
      failure: null,
      network: 0,
      own: false,
      loads: 0,
      segments: [{ at: -Infinity, position: null, playing: false, rate: 1, loop, auto: false, source: null }],
      told: -Infinity,
      changes: 0,
      plan: null,
      coming: null,
      seeking: 0,
      plays: [],
      isPlaced: () => fw.mediaPlans.of(record).placed,
      span: () => fw.mediaPlans.of(record),
      positionAt: (seconds) => fw.mediaTimes.position(record, seconds),
      timeAt: (seconds) => timeAt(record, seconds),
      intervals: () => fw.mediaTimes.intervals(record),
    };
    return record;
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const timeAt = (record, seconds) => {
    if (!record.facts) return null;
    const { placed, start: from, stop, line } = fw.mediaPlans.of(record);
    if (placed) {
      if (seconds < Math.max(from, line.opens) || seconds >= Math.min(stop, line.closes)) return null;
    }
    return fw.mediaTimes.position(record, seconds);
  };

  /** @param {any} element @returns {FwMediaRecord | null} */
  const of = (element) => {
    const found = records.get(element);
    if (found) return found.own ? null : found;
    // Those in the contents of a template load nothing before they come into a page.
    if (!(element instanceof HTMLMediaElement) || element.ownerDocument.defaultView === null) return null;
    const record = make(element);
    records.set(element, record);
    known.add(new WeakRef(record));
    observer.observe(element, { attributes: true, attributeFilter: [...SOURCES, ...fw.mediaPlans.WATCHED, ...fw.mediaEvents.HANDLERS], childList: true, subtree: true });
    fw.mediaEvents.guard(element);
    fw.mediaEvents.hears(element);
    load(record);
    return record.own ? null : record;
  };

  /** @param {FwMediaRecord} record */
  const load = (record) => {
    const { addresses, own } = fw.mediaSources.of(record.element);
    const before = record.network !== 0;
    // What has played of the one before stays played.
    if (before) for (const segment of record.segments) segment.source ??= { address: record.address, facts: record.facts };
    record.written = addresses.join("\n");
    record.own = own;
    record.loads += 1;
    record.facts = null;
    record.failure = null;
    record.address = addresses[0] ?? null;
    record.network = addresses.length > 0 && !own ? 2 : 0;
    record.told = time.loading ? -Infinity : time.now - JUST_NOW;
    if (own) fw.notices.add("MEDIA_OWN", OWN, record.element);
    if (before) {
      fw.mediaTimes.change(record, { position: null, playing: false, auto: false });
      fw.mediaEvents.queue(record, "emptied");
    }
    if (record.network === 0) return;
    if (fw.mediaPlans.of(record).byItself) start(record);
    empty(record);
    work(describe(record, addresses, record.loads));
  };

  /** What stands in the page or in memory is read by the browser itself, whatever requests are refused. While the page
   * loads it must not be kept from it: its load event would never come. @param {FwMediaRecord} record */
  const empty = ({ element, address }) => {
    if (document.readyState !== "complete" || !/^(data|blob):/i.test(address ?? "") || emptied.has(element)) return;
    emptied.add(element);
    natives.media.setSrcObject(element, silence());
  };

  /** A script has given it a stream, or taken it away. @param {Element} element */
  const feed = (element) => {
    emptied.delete(element);
    const record = records.get(element);
    if (record) load(record);
    else of(element);
  };

  /** @param {FwMediaRecord} record @param {string[]} addresses @param {number} loads */
  const describe = async (record, addresses, loads) => {
    fw.mediaEvents.queue(record, "loadstart");
    /** @type {FwMediaFailure | null} */
    let failure = null;
    for (const address of addresses) {
      const answer = await fw.footage.describe(address, record.element);
      if (loads !== record.loads) return;
      record.address = address;
      if (answer.facts) {
        await accept(record, answer.facts, loads);
        return;
      }
      failure ??= answer.failed ?? null;
    }
    record.failure = failure;
    record.network = 3;
    for (const { reject } of record.plays.splice(0)) reject(new DOMException("Failed to load because no supported source was found.", "NotSupportedError"));
    await fw.mediaEvents.tell(record, ["error"]);
  };

  /** @param {FwMediaRecord} record @param {FwMediaFacts} facts @param {number} loads */
  const accept = async (record, facts, loads) => {
    record.facts = facts;
    record.network = 1;
    fw.windows?.refresh();
    await Promise.all([fw.mediaPoster.place(record), fw.pictures.refresh(record)]);
    if (loads !== record.loads) return;
    const sized = record.kind === "video" ? ["resize"] : [];
    await fw.mediaEvents.tell(record, ["durationchange", ...sized, "loadedmetadata", "loadeddata", "canplay", "canplaythrough"]);
    for (const { resolve } of record.plays.splice(0)) resolve(undefined);
  };

  /** @param {Promise<unknown>} promise */
  const work = (promise) => {
    underWay += 1;
    const done = () => {
      underWay -= 1;
      if (underWay === 0) for (const tell of quiet.splice(0)) tell();
    };
    promise.then(done, (error) => {
      done();
      fw.failures.report(error, "A video or a sound");
    });
  };

  fw.mediaRecords = {
    of,
    load,
    work,
    empty,
    feed,
    table: records,
    emptied,
    isEmptied: (element) => emptied.has(element),
    busy: () => underWay,
    idle: (seconds) => (underWay === 0 ? Promise.resolve(true) : fw.waits.within(new Promise((done) => quiet.push(done)), seconds)),
    known() {
      /** @type {FwMediaRecord[]} */
      const found = [];
      for (const reference of known) {
        const record = reference.deref();
        if (!record) known.delete(reference);
        else if (!record.own) found.push(record);
      }
      return found;
    },
    keep: (record) => heard.add(record),
    guard: (scope) => observer.observe(scope, { childList: true, subtree: true }),
  };
  fw.mediaRecords.guard(document);
}
