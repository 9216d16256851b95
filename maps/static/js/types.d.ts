/** What the page's data block holds; written by `maps/page.py` and the layer builders. */

export type Fact = string | [string] | null;

export interface Facts {
  fields: string[];
  rows: Fact[][];
}

export interface Mark {
  shape: string;
  colour: string;
  radius: number;
}

export interface Team {
  team: number;
  title: string;
  colour: string;
  points: [number, number][];
  /** Key, name, arrival, time there, households, whether the door is mapped. */
  stops: [string, string, string, string, string, string][];
}

export interface LayerData {
  kind: "outline" | "streets" | "shapes" | "marks" | "pins" | "premises" | "routes";
  group: string;
  shown: boolean;
  one?: string;
  geometries?: GeoJSON.Geometry[];
  points?: [number, number][];
  keys?: string[];
  labels?: string[];
  also?: (string | null)[];
  classes?: string[];
  styles?: Record<string, L.PathOptions>;
  casings?: Record<string, L.PathOptions>;
  marks?: Record<string, Mark>;
  facts?: Facts;
  named?: boolean;
  /** Positions of uncovered buildings in the layer of buildings. */
  buildings?: number[];
  /** Name, west, south, east, north, then longitude, latitude, turn and length of its label. */
  names?: [string, number, number, number, number, number, number, number, number][];
  /** Keys of the buildings that premises are in. */
  places?: (string | null)[];
  groups?: number[][];
  categories?: string[];
  states?: Record<string, string>;
  teams?: Team[];
  start?: [number, number];
  startLabel?: string;
  width?: number;
  halo?: number;
}

export interface Trend {
  days: string[];
  pct: number[];
  reopened: number[];
  premises: number[];
  title: string;
  series: string;
}

export interface PageData {
  map: string;
  siteLayer: string;
  extent: [number, number, number, number] | null;
  layers: Record<string, LayerData>;
  teamColours: string[];
  texts: Record<string, string>;
  trend: Trend | null;
  echarts: string | null;
  /** What the editor of zones needs; missing where no service answers the page. */
  editor: import("./editor/types.d.ts").EditorData | null;
}

/** One thing that can be found and shown. */
export interface Item {
  label: string;
  bounds: L.LatLngBounds;
  /** What opens when it is shown; streets have nothing to open. */
  shape?: L.Layer;
}

/** Everything drawn, by layer and key. */
export type Index = Map<string, Map<string, Item>>;

export interface Stage {
  map: L.Map;
  data: PageData;
  index: Index;
  /** Show one thing on the map; false if it is not there. */
  show: (layer: string, key: string) => boolean;
}
