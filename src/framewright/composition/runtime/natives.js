// fw.natives: the browser's own functions, kept before the author's scripts can replace them.
// Functions are bound where they need a receiver; the methods, getters and setters of prototypes take it first.
// A window can be given a second document (the first, empty one of an iframe is replaced in place): what was kept the
// first time is then the true one.
//   turn()     resolves after a turn of the event loop: promises, and the message tasks that were waiting
//   now()      real milliseconds
{
  /** @param {any} prototype @param {string} name */
  const getter = (prototype, name) => {
    const { get } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
    return (/** @type {any} */ of) => /** @type {() => any} */ (get).call(of);
  };

  /** @param {any} prototype @param {string} name */
  const setter = (prototype, name) => {
    const { set } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
    return (/** @type {any} */ of, /** @type {any} */ value) => /** @type {(v: any) => void} */ (set).call(of, value);
  };

  /** @param {any} prototype @param {string} name */
  const method = (prototype, name) => {
    const own = prototype[name];
    return (/** @type {any} */ of, /** @type {any[]} */ ...args) => own.apply(of, args);
  };

  const turns = () => {
    const channel = new MessageChannel();
    const post = MessagePort.prototype.postMessage.bind(channel.port2);
    /** @type {(() => void)[]} */
    const waiting = [];
    channel.port1.onmessage = () => waiting.shift()?.();
    return () =>
      new Promise((/** @type {(value: void) => void} */ done) => {
        waiting.push(done);
        post(0);
      });
  };

  /** Text that is there before this returns; null when it is not there. No body for the method HEAD. */
  const requests = () => {
    const open = method(XMLHttpRequest.prototype, "open");
    const send = method(XMLHttpRequest.prototype, "send");
    const status = getter(XMLHttpRequest.prototype, "status");
    const text = getter(XMLHttpRequest.prototype, "responseText");
    return (/** @type {string} */ kind, /** @type {string} */ address) => {
      const request = new XMLHttpRequest();
      try {
        open(request, kind, address, false);
        send(request);
      } catch {
        return null;
      }
      return status(request) >= 200 && status(request) < 300 ? text(request) : null;
    };
  };

  /** Of HTMLMediaElement and HTMLVideoElement, as they are before any of our own. */
  const medium = () => {
    const [media, video] = [HTMLMediaElement.prototype, HTMLVideoElement.prototype];
    return {
      descriptors: { ...Object.getOwnPropertyDescriptors(media), ...Object.getOwnPropertyDescriptors(video) },
      canPlayType: method(media, "canPlayType"),
      pause: method(media, "pause"),
      volume: getter(media, "volume"),
      muted: getter(media, "muted"),
      loop: getter(media, "loop"),
      autoplay: getter(media, "autoplay"),
      srcObject: getter(media, "srcObject"),
      setSrcObject: setter(media, "srcObject"),
      MediaStream: window.MediaStream,
    };
  };

  const keep = () => ({
    Date,
    now: performance.now.bind(performance),
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window),
    setInterval: window.setInterval.bind(window),
    clearInterval: window.clearInterval.bind(window),
    fetch: window.fetch.bind(window),
    listen: method(EventTarget.prototype, "addEventListener"),
    request: requests(),
    reportError: window.reportError.bind(window),
    getComputedStyle: window.getComputedStyle.bind(window),
    turn: turns(),
    random: Math.random.bind(Math),
    import: (/** @type {string} */ address) => import(address),
    evaluate: eval, // called by another name it sees globals only, as a string given to setTimeout should
    attachShadow: method(Element.prototype, "attachShadow"),
    checkVisibility: method(Element.prototype, "checkVisibility"),
    rectangle: method(Element.prototype, "getBoundingClientRect"),
    children: getter(DocumentFragment.prototype, "children"),
    replaceChildren: method(DocumentFragment.prototype, "replaceChildren"),
    attachInternals: method(HTMLElement.prototype, "attachInternals"),
    animate: method(Element.prototype, "animate"),
    getAnimations: method(Document.prototype, "getAnimations"),
    getShadowAnimations: method(ShadowRoot.prototype, "getAnimations"),
    media: medium(),
    attributes: {
      getAttribute: method(Element.prototype, "getAttribute"),
      setAttribute: method(Element.prototype, "setAttribute"),
      hasAttribute: method(Element.prototype, "hasAttribute"),
      removeAttribute: method(Element.prototype, "removeAttribute"),
    },
    dispatch: method(EventTarget.prototype, "dispatchEvent"),
    createElement: method(Document.prototype, "createElement"),
    cloneNode: method(Node.prototype, "cloneNode"),
    getContext: method(HTMLCanvasElement.prototype, "getContext"),
    drawImage: method(CanvasRenderingContext2D.prototype, "drawImage"),
    VideoFrame: window.VideoFrame,
    Image: window.Image,
    ImageDecoder: /** @type {any} */ (window).ImageDecoder,
    getRandomValues: method(Crypto.prototype, "getRandomValues"),
    Blob,
    createObjectURL: URL.createObjectURL.bind(URL),
    revokeObjectURL: URL.revokeObjectURL.bind(URL),
    Worker,
    postToWorker: method(Worker.prototype, "postMessage"),
    messageData: getter(MessageEvent.prototype, "data"),
    title: getter(Document.prototype, "title"), // a form or picture of that name hides it
    documentElement: getter(Document.prototype, "documentElement"),
    localName: getter(Element.prototype, "localName"),
    timelineTime: getter(AnimationTimeline.prototype, "currentTime"),
    format: getter(Intl.DateTimeFormat.prototype, "format"),
    formatToParts: method(Intl.DateTimeFormat.prototype, "formatToParts"),
    animation: {
      play: method(Animation.prototype, "play"),
      pause: method(Animation.prototype, "pause"),
      reverse: method(Animation.prototype, "reverse"),
      finish: method(Animation.prototype, "finish"),
      cancel: method(Animation.prototype, "cancel"),
      commitStyles: method(Animation.prototype, "commitStyles"),
      updatePlaybackRate: method(Animation.prototype, "updatePlaybackRate"),
      playState: getter(Animation.prototype, "playState"),
      currentTime: getter(Animation.prototype, "currentTime"),
      setCurrentTime: setter(Animation.prototype, "currentTime"),
      startTime: getter(Animation.prototype, "startTime"),
      setStartTime: setter(Animation.prototype, "startTime"),
      effect: getter(Animation.prototype, "effect"),
      setEffect: setter(Animation.prototype, "effect"),
      playbackRate: getter(Animation.prototype, "playbackRate"),
      setPlaybackRate: setter(Animation.prototype, "playbackRate"),
    },
  });

  const before = /** @type {any} */ (window)[Symbol.for(fw.config.secret)];
  fw.natives = before ? before.natives : keep();
}
