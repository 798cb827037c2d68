// fw.describe: what the page says of itself once it is ready.
//   page()      the Description of model/composition.py, and the problems that forbid a render
//   sounds()    what is heard, see sounds.js
//   duration()   {seconds, source}: declared on the root, by the page, or the longest of what has an end
{
  /** @param {string} name */
  const written = (name) => fw.roots.find()?.getAttribute(name) ?? null;

  const duration = () => {
    const root = fw.roots.find();
    const told = root ? fw.references.duration(root) : null;
    if (told !== null) return { seconds: told, source: "declared" };
    const paged = fw.hf.duration() ?? fw.helios.duration();
    if (paged !== null) return { seconds: paged, source: "page" };
    const clips = fw.windows.list().filter((/** @type {any} */ clip) => !clip.hidden && clip.duration !== null);
    const found = [
      { seconds: fw.timelines.longest() ?? 0, source: "timeline" },
      { seconds: Math.max(fw.animations.longest() ?? 0, fw.adapters.longest() ?? 0), source: "animations" },
      { seconds: Math.max(0, ...clips.map((/** @type {any} */ clip) => clip.start + clip.duration), ...hosts()), source: "clips" },
    ];
    const longest = found.reduce((a, b) => (b.seconds > a.seconds ? b : a));
    return longest.seconds > 0 && longest.seconds !== Infinity ? longest : { seconds: null, source: null };
  };

  /** When sub-compositions end that do not say it themselves, by their timelines. */
  const hosts = () => fw.instances.all().map(({ host }) => fw.references.end(host) ?? 0);

  /** @param {Element | null} element */
  const clear = (element) => {
    if (!element) return true;
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    return backgroundImage === "none" && /^(transparent|rgba\(.*, 0\)|.*\/ 0\))$/.test(backgroundColor);
  };

  const sounds = () => ({
    tracks: fw.realms().flatMap((realm) => realm.sounds.list()),
    groups: fw.realms().flatMap((realm) => realm.sounds.groups()),
    chain: fw.sounds.chain(),
  });

  const page = () => {
    const size = fw.roots.size();
    const { seconds, source } = duration();
    if ((source === "animations" || source === "clips") && fw.timelines.endless()) {
      const message = `The root's timeline has no end, and the root no data-duration: the video is as long as its ${source}.`;
      fw.notices.add("TIMELINE_ENDLESS", message, fw.roots.find());
    }
    return {
      problems: fw.roots.problems(),
      description: {
        composition: written("data-composition-id"),
        title: fw.natives.title(document),
        width: size?.width ?? null,
        height: size?.height ?? null,
        duration: seconds,
        duration_source: source,
        fps: written("data-fps") ?? fw.helios.rate(),
        transparent: [document.documentElement, document.body, fw.roots.find()].every(clear),
        scripted: fw.scripts.any(),
        foreseeable: fw.control.stillUntil(0) !== null,
        variables: fw.variables.list(),
        clips: fw.realms().flatMap((realm) => realm.windows.list()),
        sounds: sounds(),
        notices: fw.notices.drain(),
      },
    };
  };

  fw.describe = { page, duration, sounds };
}
