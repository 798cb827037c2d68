// fw.soundHints: whether scripts of this document may change what is heard of it, by what they are written in.
//   any()   false only where no script speaks of a volume, of muting, or of making and playing videos and sounds
// Going through a whole composition to listen costs; most pages leave their sounds alone.
{
  const { natives } = fw;
  const SPEAKS = /(?<!data-)\b(volume|muted)\b|\bnew\s+(window\s*\.\s*)?Audio\b|createElement(NS)?\([^)]{0,40}["'`](audio|video)["'`]|<\s*(audio|video)\b|\bh\(\s*["'`](audio|video)["'`]/i;
  const PLAYS = /\.\s*(play|pause|currentTime|playbackRate|src)\b|\[\s*["'`](play|pause)["'`]\s*\]/;
  const SCRIPT = /<script\b[^>]*>([^]*?)<\/script/gi;
  const FILE = /\.(m?js|cjs|jsx|tsx?|json|html?)([?#]|$)/i;
  const MOST_FILES = 300;
  const HANDLERS = "//@*[starts-with(translate(name(), 'ON', 'on'), 'on')]";

  const inline = () => {
    const found = Array.from(document.scripts, (script) => script.textContent ?? "");
    const handlers = document.evaluate(HANDLERS, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let at = 0; at < handlers.snapshotLength; at += 1) found.push(handlers.snapshotItem(at)?.nodeValue ?? "");
    return found;
  };

  /** @param {string} address */
  const read = (address) => {
    const text = natives.request("GET", address) ?? "";
    return /\.html?([?#]|$)/i.test(address) ? Array.from(text.matchAll(SCRIPT), ([, script]) => script).join("\n") : text;
  };

  const files = () => {
    const scripts = Array.from(document.scripts, ({ src }) => src).filter((address) => /^https?:/.test(address));
    const asked = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => FILE.test(name));
    const hosted = fw.instances.all().map(({ file }) => file);
    return Array.from(new Set([...scripts, ...asked, ...hosted].map((address) => address.split("#")[0])));
  };

  /** Some stand where only a script can make them heard. */
  const isWaiting = () => fw.sounds.list().some(({ placed, plays }) => !placed && plays.length === 0);

  fw.soundHints = {
    any() {
      if (!fw.scripts.any()) return false;
      const own = files();
      if (own.length > MOST_FILES) return true;
      const waiting = isWaiting();
      const speaks = (/** @type {string} */ text) => SPEAKS.test(text) || (waiting && PLAYS.test(text));
      return inline().some(speaks) || own.some((address) => speaks(read(address)));
    },
  };
}
