// fw.mediaSources: which addresses a video or a sound may be read from.
//   of(element)     {addresses, own}: its src, else those of its <source> children that may be tried, in their order;
//                   own: it is fed by a script (srcObject, MediaSource), and stays the browser's
//   canPlay(type)   "probably", "maybe" or "": what Chromium plays, and what our reader reads besides
//   reads(type)     whether our reader reads that
{
  const { media } = fw.natives;
  // What FFmpeg reads under the names that authors write.
  const CONTAINERS = [
    "audio/3gpp", "audio/aac", "audio/ac3", "audio/aiff", "audio/eac3", "audio/flac", "audio/m4a", "audio/mp3", "audio/mp4",
    "audio/mpeg", "audio/ogg", "audio/opus", "audio/vnd.wave", "audio/wav", "audio/wave", "audio/webm", "audio/x-aiff", "audio/x-flac",
    "audio/x-m4a", "audio/x-matroska", "audio/x-ms-wma", "audio/x-wav", "application/mp4", "application/ogg", "video/3gpp", "video/3gpp2",
    "video/avi", "video/matroska", "video/mov", "video/mp2t", "video/mp4", "video/mpeg", "video/ogg", "video/quicktime", "video/webm", "video/x-flv",
    "video/x-m4v", "video/x-matroska", "video/x-ms-wmv", "video/x-msvideo",
  ];
  const CODEC = /^(avc[134]|hev1|hvc1|vp8|vp9|vp08|vp09|av01|theora|mp4v|ap4[hx]|apc[hnso]|mp4a|opus|vorbis|flac|fLaC|mp3|ac-3|ec-3|1|s16le)(\..*)?$/i;
  const MEDIA_SOURCES = ["MediaSource", "ManagedMediaSource", "WebKitMediaSource"];
  /** @type {Set<string>} */
  const fed = fw.root === fw ? new Set() : fw.root.mediaSources.fed;

  const { createObjectURL } = URL;
  URL.createObjectURL = function (/** @type {any} */ thing) {
    const address = createObjectURL.call(URL, thing);
    const isSource = MEDIA_SOURCES.some((name) => {
      const type = /** @type {any} */ (window)[name];
      return typeof type === "function" && thing instanceof type;
    });
    if (isSource) fed.add(address);
    return address;
  };

  /** @param {string} type */
  const reads = (type) => {
    const [container, ...parameters] = type.trim().toLowerCase().split(";");
    if (!CONTAINERS.includes(container.trim())) return "";
    const codecs = /codecs\s*=\s*"?([^"]*)"?/.exec(parameters.join(";"));
    if (!codecs) return "maybe";
    return codecs[1].split(",").every((codec) => CODEC.test(codec.trim())) ? "probably" : "";
  };

  let asked = /** @type {HTMLMediaElement | null} */ (null);
  /** @param {string} type */
  const canPlay = (type) => {
    asked ??= /** @type {HTMLMediaElement} */ (fw.natives.createElement(document, "video"));
    return media.canPlayType(asked, type) || reads(type);
  };

  /** @param {Element} element @param {string | null} written */
  const whole = (element, written) => {
    try {
      return written === null || written.trim() === "" ? null : new URL(written.trim(), element.baseURI).href;
    } catch {
      return null;
    }
  };

  /** @param {Element} source */
  const mayBeTried = (source) => {
    const type = source.getAttribute("type");
    const condition = source.getAttribute("media");
    return (!type || canPlay(type) !== "") && (!condition || matchMedia(condition).matches);
  };

  /** @param {HTMLMediaElement} element */
  const written = (element) => {
    if (element.hasAttribute("src")) return [whole(element, element.getAttribute("src"))];
    const sources = Array.from(element.children).filter(({ localName }) => localName === "source");
    return sources.filter(mayBeTried).map((source) => whole(source, source.getAttribute("src")));
  };

  /** @param {HTMLMediaElement} element */
  const of = (element) => {
    const addresses = /** @type {string[]} */ (written(element).filter((address) => address !== null));
    const stream = media.srcObject(element) !== null && !fw.mediaRecords.isEmptied(element);
    return { addresses, own: stream || addresses.some((address) => fed.has(address)) };
  };

  fw.mediaSources = { of, canPlay, reads, fed };
}
