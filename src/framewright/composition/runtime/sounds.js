// fw.sounds: what is heard of this document, told as it is written; what follows from it is worked out elsewhere.
//   list()     a record for every video and sound: where it stands on the clock of the page, its source, and what its
//              attributes and properties say of its sound; see FwSound
//   passed()   a frame has been gone through
//   groups()   the <hf-audio-group>s, through which several are made louder or quieter as one
//   chain()    the effects that the root asks for all that is heard; null without any
// Times are seconds of the page; text is handed over as it was written.
{
  const LONGEST_TEXT = 8_000_000;
  const { references } = fw;

  /** @param {Element} element @param {string} name */
  const text = (element, name) => element.getAttribute(name)?.slice(0, LONGEST_TEXT) ?? null;

  /** @param {Element} element */
  const isHidden = (element) => (element.getAttribute("data-hidden") ?? "false") !== "false";

  /** The element around it, also out of a shadow. @param {Node} node @returns {Element | null} */
  const above = (node) => node.parentElement ?? /** @type {any} */ (node.parentNode)?.host ?? null;

  /** When all that it stands in is shown; the element itself is left out. @param {Element} element */
  const around = (element) => {
    const { opens, closes } = references.line(references.composition(element));
    let [from, to, hidden] = [opens, closes, false];
    for (let at = above(element); at; at = above(at)) {
      if (isHidden(at)) hidden = true;
      if (!at.hasAttribute("data-start") || at === fw.roots.find() || fw.instances.isRoot(at)) continue;
      const start = references.start(at);
      from = Math.max(from, start);
      to = Math.min(to, start + (references.duration(at) ?? Infinity));
    }
    return { from, to, hidden };
  };

  /** The id of a group as it is known to all: two instances of a file have two of one name. @param {Element} group */
  const groupKey = (group) => {
    const instance = fw.instances.of(group);
    return instance ? `${group.id}@${instance.number}` : group.id;
  };

  const groupElements = () => fw.shadows.roots().flatMap((scope) => Array.from(scope.querySelectorAll("hf-audio-group")));

  /** The group that it names, or stands in: of its own instance, else of the page. @param {Element} element */
  const groupOf = (element) => {
    const id = element.getAttribute("data-audio-group")?.trim();
    if (!id) {
      const holder = element.parentElement?.closest("hf-audio-group") ?? null;
      return holder && holder.id ? groupKey(holder) : null;
    }
    const instance = fw.instances.of(element);
    const named = groupElements().filter((group) => group.id === id && group !== element);
    const found = named.find((group) => fw.instances.of(group) === instance) ?? named.find((group) => fw.instances.of(group) === null);
    return found ? groupKey(found) : null;
  };

  /** @param {FwMediaRecord} media @returns {FwPlay[]} */
  const plays = (media) => {
    if (media.isPlaced()) return [];
    return media.intervals().map(({ start, stop, position, rate, loop, source }) => ({
      address: source?.address ?? null,
      start: Math.max(0, start),
      stop: stop === Infinity ? null : stop,
      offset: position,
      rate,
      loop,
    }));
  };

  /** @param {FwMediaRecord} media @param {Map<Element, any>} known @returns {FwSound} */
  const record = (media, known) => {
    const { element } = media;
    const played = plays(media);
    const { rate } = references.line(references.composition(element));
    const own = references.media(element);
    const { from, to, hidden } = around(element);
    const volumes = fw.soundChanges.of(element);
    /** Helios fades by the volume itself, where it has been told to. @param {string} side */
    const fade = (side) => text(element, `data-fade-${side}`) ?? (volumes.length > 0 ? null : text(element, `data-helios-fade-${side}`));
    return {
      name: fw.notices.pointAt(element, known),
      kind: media.kind,
      address: media.address,
      // Helios has everything follow its time.
      placed: media.isPlaced() || (played.length === 0 && fw.helios.drives()),
      start: references.start(element),
      duration: references.duration(element),
      window: [from, to === Infinity ? null : to],
      offset: own.offset,
      rate: own.rate * rate,
      pace: rate,
      loop: fw.natives.media.loop(element),
      muted: fw.soundChanges.isMuted(element),
      hidden: hidden || isHidden(element),
      heard: text(element, "data-has-audio"),
      refused: element.hasAttribute("data-helios-no-audio"),
      volume: text(element, "data-volume"),
      automation: text(element, "data-automation"),
      chain: text(element, "data-fx-chain"),
      fade_in: fade("in"),
      fade_out: fade("out"),
      pan: text(element, "data-pan"),
      group: groupOf(element),
      keeps_pitch: element.preservesPitch,
      facts: media.facts,
      failure: media.failure,
      plays: played,
      volumes,
    };
  };

  /** @param {Element} group @returns {FwSoundGroup} */
  const groupRecord = (group) => ({
    id: groupKey(group),
    name: fw.notices.pointAt(group),
    parent: groupOf(group),
    volume: text(group, "data-volume"),
    automation: text(group, "data-automation"),
    chain: text(group, "data-fx-chain"),
    hidden: isHidden(group) || around(group).hidden,
  });

  /** As it is now, or was when it was there. @param {FwMediaRecord} media @param {Map<Element, any>} known @returns {FwSound} */
  const heard = (media, known) => {
    const there = fw.soundPresence.of(media);
    if (!there) return record(media, known);
    const told = media.element.isConnected ? record(media, known) : { ...there.told, plays: plays(media), volumes: fw.soundChanges.of(media.element) };
    const [from, to] = told.window;
    const until = Math.min(to ?? Infinity, there.to);
    return { ...told, window: [Math.max(from, there.from), until === Infinity ? null : until] };
  };

  fw.sounds = {
    passed: () => fw.soundPresence.look((media) => record(media, new Map())),
    list() {
      const known = new Map();
      /** @param {FwMediaRecord} media */
      const counts = (media) => media.element.isConnected || plays(media).length > 0;
      const there = fw.media.all().filter(counts);
      return Array.from(new Set([...there, ...fw.soundPresence.gone()]), (media) => heard(media, known));
    },
    groups() {
      /** @type {Map<string, FwSoundGroup>} */
      const found = new Map();
      for (const group of groupElements()) if (group.id && !found.has(groupKey(group))) found.set(groupKey(group), groupRecord(group));
      return Array.from(found.values());
    },
    chain() {
      const root = fw.roots.find();
      return root && text(root, "data-fx-chain");
    },
  };
}
