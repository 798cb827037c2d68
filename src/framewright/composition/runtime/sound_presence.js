// fw.soundPresence: when videos and sounds come into the document and leave it, while it is gone through to be heard.
//   look(tell)       a frame has been gone through: what has come is noted, with what tell(media) says of it, and what has gone
//   of(media)        {from, to, told}: when it was there, and what was said of it last; null for one that never was
//   gone()           those that were there and are not any more
// A page may take a scene away once it is over: what was heard of it stays heard. Its attributes can only be read in time.
{
  const { time } = fw;
  const MEDIA = "video, audio";
  /** @type {Map<FwMediaRecord, FwSoundPresence>} */
  const known = new Map();
  let changed = true;

  /** @param {NodeList} nodes */
  const holds = (nodes) =>
    Array.from(nodes).some((node) => node instanceof Element && (node.matches(MEDIA) || node.querySelector(MEDIA) !== null || node.shadowRoot !== null));
  /** @param {MutationRecord[]} records */
  const note = (records) => {
    changed ||= records.some(({ addedNodes, removedNodes }) => holds(addedNodes) || holds(removedNodes));
  };
  const observer = new MutationObserver(note);
  if (fw.config.listening) observer.observe(document, { childList: true, subtree: true });

  fw.soundPresence = {
    look(tell) {
      if (!fw.config.listening) return;
      note(observer.takeRecords());
      if (!changed) return;
      changed = false;
      const now = time.now / 1000;
      for (const media of fw.media.all()) {
        const there = known.get(media);
        if (media.element.isConnected) known.set(media, { from: there?.from ?? now, to: Infinity, told: tell(media) });
      }
      for (const [media, there] of known) if (!media.element.isConnected && there.to === Infinity) there.to = now;
    },
    of: (media) => known.get(media) ?? null,
    gone: () => Array.from(known.keys()).filter(({ element }) => !element.isConnected),
  };
}
