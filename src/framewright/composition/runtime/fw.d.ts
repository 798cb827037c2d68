/*
 * What the files of the runtime share. The files are joined, each as a block, into one function that is injected into
 * every document before its first script; `fw` is what they share, each adds its named part. Every document has its own
 * `fw`, a realm; frames of the same origin share the clock of the topmost one, `fw.root`. Each file says what its part does.
 */

interface FwDue {
  /** Milliseconds on the clock. */
  at: number;
  /** Milliseconds between asking and being due. */
  delay: number;
  run(): void;
  /** It is an interval. */
  repeats?: boolean;
}

interface FwTimer extends FwDue {
  id: number;
  /** Of two that are due at one time the older goes first. */
  age: number;
  /** Place in a chain of timers that set each other. */
  depth: number;
  repeats: boolean;
  handler: any;
  args: any[];
  /** By whose clock it goes; null: the page's. */
  clock: FwInstance | null;
  /** How fast that clock goes. */
  pace: number;
  /** While loading: the browser's timer for it. */
  native: number;
}

interface FwTiming {
  delay: number;
  duration: number;
  iterations: number;
  activeDuration: number;
  /** With delays and iterations. */
  length: number;
  changes: number;
}

interface FwPlayback {
  animation: Animation;
  /** A CSS animation or transition. */
  styled: boolean;
  /** The live style that decides whether it is paused. */
  style: any;
  timing: FwTiming | null;
  /** Milliseconds on the clock at which it stands at `offset`. */
  zero: number;
  /** How fast the clock of its composition goes. */
  pace: number;
  /** Milliseconds of its own. */
  offset: number;
  /** Stands still: paused or finished by its author. */
  held: boolean;
  /** Cancelled. */
  idle: boolean;
  /** Its zero is settled when loading ends. */
  loading: boolean;
  /** Its finish was told. */
  ended: boolean;
  /** Which of its CSS events were told, see phases.js. */
  told: number;
  /** A script has called it: its style no longer decides whether it runs. */
  commanded: boolean;
  /** Where it was put last, for the browser. */
  placed: number | null;
  finished: PromiseWithResolvers<Animation> | null;
}

/** A library whose animations are driven; see adapters.js. */
interface FwAdapter {
  begin?(): void;
  due?(target: number): FwDue | null;
  seek(seconds: number): void;
  next(seconds: number): number | null;
}

/** A copy of GSAP. Times are seconds on its own clock unless said otherwise. */
interface FwGsap {
  gsap: any;
  /** Milliseconds on the clock at which it was loaded. */
  zero: number;
  /** Where its root timeline was put last. */
  at: number;
  /** Milliseconds of its ticker's last tick, as it reads them. */
  ticked: number;
  /** Steps a second that the page wishes for; 0: none. */
  rate: number;
  adopted: boolean;
  /** The page has not taken it off the ticker. */
  driven: boolean;
  /** The last callback that was called at its own time. */
  passed: number;
  /** The last of its animations, as of when they were looked through. */
  last: any;
  known: WeakSet<object>;
  /** Those that a callback began. */
  born: WeakSet<object>;
}

type FwCause = "script" | "window";

interface FwNotice {
  code: string;
  message: string;
  element: string | null;
  address: string | null;
}

/** The clock of a composition, in seconds of the page: it reads (t - zero) * rate, and never less than floor. */
interface FwLine {
  zero: number;
  rate: number;
  floor: number;
  opens: number;
  closes: number;
}

/** As MediaFacts of model/media.py. */
interface FwMediaFacts {
  seconds: number | null;
  video: { width: number; height: number; rate: string | null; alpha: boolean; transfer: string; [other: string]: any } | null;
  audio: { [other: string]: any } | null;
  [other: string]: any;
}

interface FwMediaFailure {
  code: string;
  message: string;
}

interface FwMediaSource {
  address: string | null;
  facts: FwMediaFacts | null;
}

/** From a time of the page on: what a script or autoplay has it do. Times are seconds. */
interface FwMediaSegment {
  /** -Infinity: from the beginning on. */
  at: number;
  /** Of its source; null: where data-media-start says. */
  position: number | null;
  playing: boolean;
  rate: number;
  loop: boolean;
  /** It begins by itself. */
  auto: boolean;
  /** That it played, once there is another; null: the one that there is. */
  source: FwMediaSource | null;
}

/** A stretch of the page's time in which it plays. */
interface FwMediaInterval {
  start: number;
  stop: number;
  /** Seconds of its source at the start. */
  position: number;
  /** Seconds of its source in one of the page. */
  rate: number;
  loop: boolean;
  /** It tells of its start. */
  starts: boolean;
  /** As of a segment. */
  source: FwMediaSource | null;
}

/** What attributes say of its time; see media_plans.js. Times are seconds. */
interface FwMediaPlan {
  age: number;
  changes: number;
  facts: FwMediaFacts | null;
  placed: boolean;
  byItself: boolean;
  offset: number;
  rate: number;
  loop: boolean;
  start: number;
  stop: number;
  ends: number;
  line: FwLine;
  zero: number;
  pace: number;
  lasts: number;
}

interface FwMediaMark {
  at: number;
  types: string[];
}

/** A video or a sound. Times are seconds. */
interface FwMediaRecord {
  element: HTMLMediaElement;
  realm: Fw;
  kind: "video" | "audio";
  /** The whole address of its source, or of the first that is tried; null without any. */
  address: string | null;
  /** Null until it is described. */
  facts: FwMediaFacts | null;
  failure: FwMediaFailure | null;
  /** Its attributes say when it plays. */
  isPlaced(): boolean;
  /** Of one that is placed: its window by the page's clock (stop may be Infinity), the offset into its source, its rate on
   * the clock of its composition. */
  span(): FwMediaPlan;
  /** Seconds of its source, whether or not it is shown: before its start the first, past its end the last. */
  positionAt(seconds: number): number;
  /** The same; null outside of its window, and as long as nothing is known of its source. */
  timeAt(seconds: number): number | null;
  /** In which it plays, whatever its source's length. */
  intervals(): FwMediaInterval[];

  /** As networkState. */
  network: number;
  /** Fed by a script: the browser's own. */
  own: boolean;
  written: string;
  loads: number;
  segments: FwMediaSegment[];
  /** Milliseconds up to which its events were told. */
  told: number;
  /** Counts the changes of its attributes, and what scripts did with it. */
  changes: number;
  plan: FwMediaPlan | null;
  /** The next thing that happens after a time. */
  coming: { plan: FwMediaPlan; after: number; mark: FwMediaMark | null } | null;
  seeking: number;
  plays: { resolve(value: undefined): void; reject(error: unknown): void }[];
}

/** What is wanted of a video's frames, and the one that is there. */
interface FwPictureEntry {
  record: FwMediaRecord;
  canvas: HTMLCanvasElement;
  context: any;
  natural: boolean;
  guessed: boolean;
  box: { width: number; height: number } | null;
  start: number;
  stop: number | null;
  width: number;
  height: number;
  /** As it was asked for. */
  size: string;
  address: string | null;
  turn: number;
  asking: { question: string; turn: number; promise: Promise<void> } | null;
}

/** A frame of an HDR video, and where it is painted. */
interface FwBrightEntry {
  record: FwMediaRecord;
  canvas: HTMLCanvasElement;
  context: any;
  number: number;
  box: { width: number; height: number };
  start: number;
  stop: number | null;
  width: number;
  height: number;
  /** As it was asked for. */
  size: string;
  address: string | null;
  turn: number;
  high: VideoFrame | null;
  low: VideoFrame | null;
}

type FwLayer = "black" | "white" | "high" | "low";

interface FwInstance {
  host: HTMLElement;
  root: HTMLElement;
  id: string;
  number: number;
  file: string;
  chain: string[];
  variables: object;
  registries: any[];
  mentions: boolean;
  localTime(seconds: number): number;
  pageTime(seconds: number): number;
}

/** What a video or a sound says of its sound, as it is written. Seconds of the page. */
interface FwSound {
  name: string;
  kind: "video" | "audio";
  address: string | null;
  /** An attribute gives it a place on the clock. */
  placed: boolean;
  start: number;
  duration: number | null;
  /** When all that it stands in is shown. */
  window: [number, number | null];
  offset: number;
  /** Of the source in one second of the page. */
  rate: number;
  /** Of its composition's clock in one second of the page. */
  pace: number;
  loop: boolean;
  muted: boolean;
  hidden: boolean;
  heard: string | null;
  refused: boolean;
  volume: string | null;
  automation: string | null;
  chain: string | null;
  fade_in: string | null;
  fade_out: string | null;
  pan: string | null;
  group: string | null;
  keeps_pitch: boolean;
  facts: FwMediaFacts | null;
  failure: FwMediaFailure | null;
  plays: FwPlay[];
  volumes: [number, number, boolean][];
}

/** What scripts have done to a volume: whether they have set it, or muted, and the gains that came of it. */
interface FwSoundChanges {
  volume: boolean;
  muted: boolean;
  log: [number, number, boolean][];
}

/** A stretch of time in which a script has something played. */
interface FwPlay {
  /** Of another source than it has now. */
  address: string | null;
  start: number;
  stop: number | null;
  offset: number;
  rate: number;
  loop: boolean;
}

/** When a video or a sound was in the document. */
interface FwSoundPresence {
  from: number;
  to: number;
  told: FwSound;
}

interface FwSoundGroup {
  id: string;
  name: string;
  parent: string | null;
  volume: string | null;
  automation: string | null;
  chain: string | null;
  hidden: boolean;
}

interface FwFailed {
  code: string;
  message: string;
}

/** What a source holds: the MediaFacts of model/media.py; or why it cannot be read. */
interface FwDescribed {
  facts?: any;
  failed?: FwFailed;
}

interface FwFrame {
  picture?: VideoFrame | null;
  /** Of a frame in PQ or HLG `picture` is the high bytes of its codes, and this the low ones. */
  low?: VideoFrame | null;
  /** Seconds of the source for which this frame is the answer: start ≤ seconds < stop; null: for ever. */
  start?: number;
  stop?: number | null;
  failed?: FwFailed;
}

interface Fw {
  config: { secret: string; seed?: number; epoch?: number; [other: string]: any };
  natives: any;

  root: Fw;
  above: Fw | null;
  view: Window;
  linked: Fw[];
  realms(): Fw[];
  tellForeign(): void;

  time: { now: number; loading: boolean; moves: number };
  clock: {
    milliseconds(seconds: number): number;
    begin(): void;
    advance(seconds: number): Promise<void> | null;
    catchUp(): Promise<void> | null;
    settle(): Promise<void>;
  };
  timers: {
    set(repeats: boolean, handler: any, delay: any, args: any[], clock?: FwInstance | null): number;
    begin(): void;
    release(): void;
    calling(): boolean;
    short(): number;
    coming(within: number): number;
    circling(): number;
    next(): FwTimer | null;
    postpone(target: number, delay: number, most: number): void;
  };
  frames: {
    run(): number;
    ran(): number;
    waiting(): number;
    fresh(): number;
    outlast(promise: Promise<unknown>, seconds: number): Promise<boolean>;
    begin(): void;
    release(): void;
    short(): number;
  };
  shadows: { roots(): (Document | ShadowRoot)[]; changed(): boolean; find(): void };
  playback: {
    of(animation: Animation): FwPlayback | undefined;
    take(animation: Animation, zero: number, pace: number, state?: string): FwPlayback | null;
    speed(record: FwPlayback): number;
    time(record: FwPlayback): number | null;
    timing(record: FwPlayback): FwTiming;
    place(record: FwPlayback): void;
    endsAt(record: FwPlayback): number | null;
    end(record: FwPlayback): void;
  };
  animations: {
    collect(cause: FwCause): void;
    obey(): void;
    seek(cause: FwCause): void;
    place(): void;
    begin(): void;
    zero(element: Element | null): number;
    pace(element: Element | null): number;
    next(): FwDue | null;
    longest(): number | null;
    until(now: number): number | null;
  };
  phases: {
    guard(scope: EventTarget): void;
    next(record: FwPlayback): FwDue | null;
    watch(record: FwPlayback): void;
    cancelled(record: FwPlayback): void;
    find(): void;
  };
  variables: {
    page(): Record<string, unknown>;
    ofHost(host: Element, declared: unknown): Record<string, unknown>;
    list(): { id: string; type: string; label: string; default: unknown; value: unknown; options: unknown[] }[];
    inspect(): void;
  };
  bindings: { apply(scope: Element, values: Record<string, unknown>): void; settle(): void };
  instances: {
    create(host: HTMLElement, told: { root: HTMLElement; file: string; chain: string[]; variables: object }): FwInstance;
    of(node: Node): FwInstance | null;
    at(host: Element): FwInstance | null;
    isRoot(element: Element): boolean;
    claim(player: any, instance: FwInstance): void;
    timeOf(player: any, seconds: number): number;
    all(): FwInstance[];
    readonly current: FwInstance | null;
    inside<T>(instance: FwInstance | null, call: () => T): T;
  };
  scopedGlobals: { of(instance: FwInstance): any; loaded(instance: FwInstance): void };
  smil: { roots(): Set<SVGSVGElement>; seek(): void; inspect(): Promise<void> };
  scripts: { any(): boolean };
  draws: { heard(): boolean };
  openings: { unclosed(): boolean };
  stillness: { until(seconds: number): number | null };

  texts: {
    styles(): { font: string; families: string[]; letters: Set<string> }[];
    groups(): unknown[];
    samples(): Node[];
    later(): void;
    plain(family: string): string;
  };
  subtitles: {
    take(told: string): void;
    lay(): void;
    place(seconds: number): void;
    next(seconds: number): number;
    roots(): ShadowRoot[];
  };
  fonts: { wait(): Promise<void>; late(): Promise<void> | null };
  gsapCopies: { all(): FwGsap[] };
  gsapMoments: {
    within(animation: any, from: number, to: number): number;
    of(animation: any, from: number, to: number): number;
    holds(thing: any): boolean;
    muted(animations: any[], act: () => void): void;
  };
  gsap: FwAdapter & { place(): void; calling(act: () => void): void };
  lottie: FwAdapter & { loaded(): boolean; longest(): number };
  anime: FwAdapter;
  d3: FwAdapter;

  soundChanges: {
    known: WeakMap<Element, FwSoundChanges>;
    of(element: Element): [number, number, boolean][];
    level(element: HTMLMediaElement): number;
    isMuted(element: HTMLMediaElement): boolean;
    frame(): number;
    passed(seconds: number): void;
  };
  soundHints: { any(): boolean };
  soundPresence: {
    look(tell: (media: FwMediaRecord) => FwSound): void;
    of(media: FwMediaRecord): FwSoundPresence | null;
    gone(): FwMediaRecord[];
  };
  sounds: { passed(): void; list(): FwSound[]; groups(): FwSoundGroup[]; chain(): string | null };
  footageWork: string;
  footage: {
    readonly usable: boolean;
    describe(address: string, element?: Element | null): Promise<FwDescribed>;
    known(address: string): FwDescribed | null;
    frame(
      address: string,
      seconds: number,
      box: { width: number; height: number } | null,
      told?: { have?: number | null; light?: string | null; element?: Element | null },
    ): Promise<FwFrame>;
    lost(): (FwFailed & { element: string | null }) | null;
    keep(address: string, blob: Blob): void;
  };
  mediaSources: {
    of(element: HTMLMediaElement): { addresses: string[]; own: boolean };
    canPlay(type: string): string;
    reads(type: string): string;
    fed: Set<string>;
  };
  mediaTimes: {
    position(record: FwMediaRecord, seconds: number): number;
    isPlaying(record: FwMediaRecord, seconds: number): boolean;
    hasEnded(record: FwMediaRecord, seconds: number): boolean;
    rate(record: FwMediaRecord, seconds: number): number;
    isUntouched(record: FwMediaRecord, seconds: number): boolean;
    stands(record: FwMediaRecord): boolean;
    length(record: FwMediaRecord): number;
    intervals(record: FwMediaRecord): FwMediaInterval[];
    marks(record: FwMediaRecord, after: number): FwMediaMark | null;
    until(record: FwMediaRecord, seconds: number, stop: number | null): number;
    change(record: FwMediaRecord, edit: Partial<FwMediaSegment>): void;
  };
  mediaPlans: { of(record: FwMediaRecord): FwMediaPlan; WATCHED: string[] };
  mediaEvents: {
    HANDLERS: string[];
    hears(element: Element): void;
    guard(scope: EventTarget): void;
    tell(record: FwMediaRecord, types: string[]): Promise<void>;
    queue(record: FwMediaRecord, ...types: string[]): void;
    next(): FwDue | null;
    tick(seconds: number): void;
    still(seconds: number): boolean;
  };
  mediaRecords: {
    of(element: any): FwMediaRecord | null;
    load(record: FwMediaRecord): void;
    feed(element: Element): void;
    work(promise: Promise<unknown>): void;
    empty(record: FwMediaRecord): void;
    isEmptied(element: Element): boolean;
    busy(): number;
    idle(seconds: number): Promise<boolean>;
    known(): FwMediaRecord[];
    keep(record: FwMediaRecord): void;
    guard(scope: Node): void;
    table: WeakMap<Element, FwMediaRecord>;
    emptied: WeakSet<Element>;
  };
  mediaCalls: {
    play(record: FwMediaRecord): Promise<void>;
    pause(record: FwMediaRecord): void;
    seek(record: FwMediaRecord, seconds: number): void;
    pace(record: FwMediaRecord, rate: number): void;
  };
  mediaCallbacks: { run(): void; number(record: FwMediaRecord, start: number): number };
  mediaPoster: {
    dressed: WeakMap<Element, { own: string | null; ours: string; facts: unknown }>;
    place(record: FwMediaRecord): Promise<unknown> | null;
    shows(record: FwMediaRecord): boolean;
  };
  mediaDraws: { source(thing: any): any };
  pictures: {
    want(element: Element, wish: { natural?: boolean; width?: number; height?: number }): void;
    follow(element: Element): void;
    leave(element: Element): void;
    update(seconds: number): Promise<unknown> | null;
    refresh(record: FwMediaRecord): Promise<void> | null;
    of(element: Element): FwPictureEntry | null;
    next(seconds: number): number;
    draws(): void;
  };
  brightPictures: {
    begin(light: string): void;
    takes(video: { transfer: string; alpha: boolean }): boolean;
    want(element: Element, box: { width: number; height: number }): void;
    leave(element: Element): void;
    update(seconds: number): Promise<unknown> | null;
    of(element: Element): FwBrightEntry | null;
    next(seconds: number): number;
    shown(): string;
    paint(layer: FwLayer): void;
  };
  media: {
    all(): FwMediaRecord[];
    of(element: any): FwMediaRecord | null;
    length(element: Element): number | null;
    ready(): Promise<FwMediaFailure | null>;
    posters(): Promise<unknown>[];
    settle(): Promise<void> | null;
    next(seconds: number): number | null;
  };

  notices: any;
  windows: any;
  [other: string]: any;
}

declare const fw: Fw;
