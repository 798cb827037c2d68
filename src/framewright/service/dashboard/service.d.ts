// What the service answers, as far as the dashboard reads it: model/job.py, model/events.py, model/report.py and
// render/probe_result.py say what each value means.

export type State = "queued" | "running" | "done" | "failed" | "cancelled";
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Progress {
  stage: "opening" | "rendering" | "finishing" | null;
  frames: number;
  total: number;
  rate: number | null;
  seconds_left: number | null;
  fraction: number;
}

export interface Plan {
  width: number;
  height: number;
  scale: number;
  fps: string;
  frames: number;
  first_frame: number;
  seconds: number;
}

export interface Decision {
  subject: string;
  choice: Json;
  inputs: Record<string, Json>;
  reason: string;
}

export interface Chunk {
  chunk: number;
  state: "waiting" | "running" | "done" | "reused" | "failed" | "split";
  start: number;
  stop: number;
  frames: number;
  worker: string | null;
  attempt: number;
  message: string | null;
  known_at: number | null;
  began_at: number | null;
  first_at: number | null;
  captured_at: number | null;
  ended_at: number | null;
}

export interface Notice {
  code: string;
  message: string;
  element: string | null;
  address: string | null;
}

export interface JobError {
  error: string;
  code: string;
  message: string;
  retryable: boolean;
  owner: string;
}

export interface Output {
  name: string;
  type: string;
  bytes: number;
  frames: number;
  seconds: number;
}

export interface Links {
  self: string;
  events: string;
  output: string | null;
  frame: string | null;
  report: string | null;
}

export interface Line {
  id: string;
  name: string;
  by: string;
  state: State;
  attempt: number;
  created: string;
  started: string | null;
  ended: string | null;
  position: number | null;
  seconds: number | null;
  progress: Progress;
  error: JobError | null;
  output: Output | null;
  links: Links;
}

export interface Job extends Line {
  request: Record<string, Json>;
  plan: Plan | null;
  decisions: Decision[];
  chunks: Chunk[];
  sound: number | null;
  warnings: Notice[];
  fallbacks: { code: string; message: string }[];
  log: string[];
}

export interface Page {
  jobs: Line[];
  next: string | null;
}

export interface SlowRange {
  start: number;
  stop: number;
  seconds: number;
}

export interface Report {
  output: {
    bytes: number;
    frames: number;
    seconds: number;
    width: number;
    height: number;
    fps: string;
    codec: string;
    pixel_format: string;
    sound: { codec: string; rate: number; channels: number } | null;
  };
  frames: number;
  unchanged: number;
  workers: number;
  chunks: number;
  capture: string;
  mode: string;
  seconds: number;
  time: { opening: number; rendering: number; finishing: number; encoder_busy: number; waiting_for_pictures: number };
  slow_ranges: SlowRange[];
}

export interface Delivery {
  event: string;
  host: string;
  attempts: number;
  next: string | null;
  delivered: string | null;
  answer: string | null;
}

export interface Told {
  id: number;
  name: string;
  data: { at: string; [name: string]: unknown };
}

export interface Variable {
  id: string;
  type: "string" | "number" | "color" | "boolean" | "enum" | "font" | "image";
  label: string;
  default: Json;
  value: Json;
  options: Json[];
}

export interface Probe {
  description: { title: string; variables: Variable[] };
  width: number;
  height: number;
  scale: number;
  output_width: number;
  output_height: number;
  fps: string;
  seconds: number;
  frames: number;
  start_frame: number;
  end_frame: number;
  mode: string;
  notices: Notice[];
}

export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  retryable?: boolean;
  request?: string | null;
  errors?: Record<string, Json>[];
}

export interface Standing {
  ready: boolean;
  /** Counts are null for those who have given no token where one is needed. */
  slots: number | null;
  queued: number | null;
  running: number | null;
  room: number | null;
  why_not: string | null;
  states: Record<string, number> | null;
}

/** A picture of the page that a route shows; `leave` ends what it has begun. */
export interface View {
  title: string;
  element: HTMLElement;
  leave?: () => void;
}
