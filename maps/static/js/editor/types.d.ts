/** What the editor of control zones holds, and what the service tells it. */

import type { Stage } from "../types.d.ts";

/** Longitude first, WGS 84 degrees. */
export type Place = [number, number];
export type Shape = GeoJSON.Polygon | GeoJSON.MultiPolygon;
export type Shapes = Map<string, Shape>;

export interface ZoneValues {
  name: string | null;
  level: string;
  valid_from_at: string | null;
  valid_to_at: string | null;
}

export interface Zone {
  type: "Feature";
  id: string;
  geometry: Shape;
  properties: ZoneValues & {
    zone_id: string;
    version: number | null;
    reason: string | null;
    author?: string | null;
  };
  etag: string;
}

export interface Held {
  level: string;
  buildings: number;
  households: number | null;
  people: number | null;
}

export interface ZoneCollection {
  features: Zone[];
  seq: number;
  held: Held[];
  overlaps: GeoJSON.Geometry | null;
}

/** One zone as it is being changed; `base` is what the change started from. */
export interface DraftZone {
  id: string;
  base: Zone | null;
  geometry: Shape;
  values: ZoneValues;
  isDeleted: boolean;
  /** The version of the history that this brings back. */
  restores?: number;
}

/** Only the zones that differ from what is stored. */
export type Draft = ReadonlyMap<string, DraftZone>;

export interface Step {
  draft: Draft;
  /** What was done, in the words of the page. */
  label: string;
}

/** A zone as it stands on the map: stored, or as the draft has it. */
export interface Shown {
  id: string;
  geometry: Shape;
  values: ZoneValues;
  version: number | null;
  reason: string | null;
  isDraft: boolean;
  isNew: boolean;
  isDeleted: boolean;
  isStale: boolean;
}

export interface Fault {
  index: number;
  id: string | null;
  code: string;
  detail: string;
  geometry: GeoJSON.Geometry | null;
}

/** A count as it is stored now, and by how much the draft changes it. */
export interface Count {
  now: number;
  change: number;
}

export interface Named {
  id: string;
  name: string | null;
}

export interface HalfInside extends Named {
  share: number;
}

export interface Openings {
  now: GeoJSON.FeatureCollection<GeoJSON.Point, OpeningValues>;
  counts: Record<OpeningState, number>;
  gained: unknown[];
  lost: unknown[];
  fewest_posts: number | null;
}

export type OpeningState = "guarded" | "closed" | "open";

export interface OpeningValues {
  state: OpeningState;
  street: string | null;
}

export interface Preview {
  /** The moment at which before and after are compared. */
  at: string;
  buildings: Count & { in: Named[]; out: Named[] };
  households: Count;
  people: Count;
  sites: Count;
  gates: Count;
  blocks: { id: string; name: string | null; cadre: string | null }[];
  teams: { team: number; buildings: number }[];
  openings: Openings;
  half_inside: HalfInside[];
  overlaps: GeoJSON.Geometry | null;
  faults: Fault[];
}

export interface Clash {
  id: string;
  base: Zone | null;
  current: Zone | null;
  mine: Partial<Zone>;
  merged: Shape | null;
  clashes: GeoJSON.Geometry | null;
}

export interface Conflict {
  clashes: Clash[];
  /** Which shape is taken, by zone. */
  choices: Record<string, "merged" | "mine" | "theirs">;
  /** Whose value is taken, by zone and name of the value. */
  values: Record<string, "mine" | "theirs">;
}

export interface ZoneVersion {
  number: number;
  kind: "create" | "replace" | "delete";
  at: string;
  actor?: string | null;
  reason: string | null;
  feature: Zone;
}

export interface Moment {
  at: string;
  kind: "saved" | "begins" | "ends" | "now";
  zones: string[];
  actor?: string | null;
  reason?: string | null;
}

export type Tool = "choose" | "draw" | "move" | "cut" | "split" | "join";
export type Live = "connecting" | "live" | "offline";
export type Saving = "idle" | "saving" | "failed" | "offline";

export interface State {
  zones: Map<string, Zone>;
  held: Held[];
  overlaps: GeoJSON.Geometry | null;
  seq: number;
  isLoaded: boolean;
  draft: Draft;
  past: Step[];
  future: Step[];
  chosen: string | null;
  tool: Tool;
  /** Whether a border moves alone though another zone shares it. */
  isParted: boolean;
  /** The vertex that was last taken up in the list. */
  vertex: Place | null;
  preview: Preview | null;
  isPreviewing: boolean;
  previewProblem: string;
  faults: Fault[];
  reason: string;
  saving: Saving;
  problem: string;
  conflict: Conflict | null;
  live: Live;
  versions: ZoneVersion[] | null;
  /** Number of the version that is drawn beside what stands now. */
  compared: number | null;
  band: Band | null;
  moments: Moment[];
  /** The moment that is shown, milliseconds; `null` is now. */
  at: number | null;
  then: ZoneCollection | null;
}

export interface Band {
  zone: string;
  band_m: number;
  isLoading: boolean;
  geometry: Shape | null;
  posts: number | null;
  /** Where its posts stand. */
  places: GeoJSON.Feature<GeoJSON.Point>[];
  problem: string;
}

export interface EditorData {
  canEdit: boolean;
  /** Under which the draft is kept on this device. */
  keep: string;
  geoman: string;
  geomanStyle: string;
  levels: Record<string, string>;
}

export interface Store {
  get: () => State;
  set: (patch: Partial<State>) => void;
  /** Called after each change, with what was before it. */
  on: (listener: (state: State, before: State) => void) => void;
}

export interface Editor {
  stage: Stage;
  data: EditorData;
  store: Store;
  say: (key: string, values?: Record<string, string | number>) => string;
}
