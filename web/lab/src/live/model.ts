// The documents of LocalCloud's laboratory. The C# records in tools/LocalCloud/Lab define them.

export interface LabState {
  at: string;
  system: SystemState;
  /** A second system, which an experiment has started beside the first. */
  guest: SystemState | null;
  run: { experiment: string; id: string; status: RunStatus } | null;
  /** The address of the Aspire dashboard. */
  dashboard: string | null;
  /** The most recent events, oldest first. */
  events: LabEvent[];
}

export interface SystemState {
  name: string;
  topology: string;
  edge: EdgeState;
  scaling: { min: number; max: number } | null;
  apps: AppState[];
  stores: StoreState[];
}

export interface EdgeState {
  address: string;
  policy: string;
  country: string;
  inFlight: number;
  responses: number;
  unavailable: number;
  cacheHits: number;
  cacheMisses: number;
  forwarded: number;
  refused: number;
}

export interface AppState {
  name: string;
  /** Requests without a complete response, including those that wait for an instance. */
  requests: number;
  instances: InstanceState[];
  queues: QueueState[];
}

export type InstancePhase = 'starting' | 'running' | 'suspended' | 'draining' | 'lost';

export interface InstanceState {
  name: string;
  state: InstancePhase;
  processId: number | null;
  port: number | null;
  warm: boolean;
  startMs: number | null;
  healthy: boolean;
  available: boolean;
  weight: number;
  inFlight: number;
  messages: number;
  served: number;
  failed: number;
  p50Ms: number | null;
  p99Ms: number | null;
  memoryMb: number | null;
}

export interface QueueState {
  name: string;
  length: number;
}

export interface StoreState {
  name: string;
  kind: string;
  lagMs: number | null;
}

export interface LabEvent {
  id: number;
  at: string;
  kind: 'instance' | 'scale' | 'change' | 'experiment';
  text: string;
  app: string | null;
  instance: string | null;
}

export interface Experiment {
  name: string;
  title: string;
  why: string;
  expects: string;
  code: string;
  file: string;
  seconds: number;
  columns: Column[];
  options: Option[];
}

/** A column has text if `decimals` is null, and numbers otherwise. */
export interface Column {
  name: string;
  unit: string | null;
  decimals: number | null;
}

export interface Option {
  name: string;
  title: string;
  default: string;
  choices: string[] | null;
  min: number | null;
  max: number | null;
  unit: string | null;
}

export type RunStatus = 'running' | 'undoing' | 'shown' | 'notShown' | 'cancelled' | 'failed';

export type Cell = string | number | null;

export interface RunState {
  id: string;
  experiment: string;
  status: RunStatus;
  startedAt: string;
  endedAt: string | null;
  options: Record<string, string>;
  /** From 0 to 1. */
  progress: number;
  text: string;
  columns: Column[];
  rows: Cell[][];
  heatMaps: HeatMap[];
  failed: { request: string; result: string; count: number }[];
  conclusion: string | null;
  notUndone: string[];
}

export interface HeatMap {
  title: string;
  unit: string;
  rows: string[];
  columns: string[];
  values: number[][];
}

export const isActive = (status: RunStatus | undefined): boolean => status === 'running' || status === 'undoing';
