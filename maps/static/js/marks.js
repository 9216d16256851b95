/** Marks on the canvas: shapes that tell states apart without colour. */

/** @typedef {import("./types.d.ts").Mark} Mark */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {(context: Context, x: number, y: number, r: number) => void} Path */

const EDGE = "#ffffff";

/**
 * @param {Context} context
 * @param {[number, number][]} corners
 */
function polygon(context, corners) {
  corners.forEach(([x, y], position) => {
    if (position === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  });
  context.closePath();
}

/** @type {Record<string, Path>} */
const OUTLINES = {
  circle: (context, x, y, r) => context.arc(x, y, r, 0, 2 * Math.PI),
  square: (context, x, y, r) => context.rect(x - r, y - r, 2 * r, 2 * r),
  diamond: (context, x, y, r) => polygon(context, [[x, y - r], [x + r, y], [x, y + r], [x - r, y]]),
  triangle: (context, x, y, r) =>
    polygon(context, [[x, y - r], [x + r, y + 0.8 * r], [x - r, y + 0.8 * r]]),
};

/** @type {Path} */
function crossed(context, x, y, r) {
  const arm = 0.75 * r;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
}

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {number} x
 * @param {number} y
 */
function drawCross(context, mark, x, y) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([[EDGE, 5], [mark.colour, 2.6]])) {
    crossed(context, x, y, mark.radius);
    context.lineCap = "round";
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/**
 * A square whose inside is white (open), or half white (open at hours).
 * @param {Context} context
 * @param {Mark} mark
 * @param {number} x
 * @param {number} y
 */
function drawGate(context, mark, x, y) {
  const r = mark.radius;
  context.beginPath();
  context.rect(x - r, y - r, 2 * r, 2 * r);
  context.fillStyle = mark.colour;
  context.fill();
  context.beginPath();
  if (mark.shape === "hollow_square") {
    context.rect(x - r + 2, y - r + 2, 2 * r - 4, 2 * r - 4);
  } else {
    polygon(context, [[x - r + 2, y - r + 2], [x + r - 2, y - r + 2], [x + r - 2, y + r - 2]]);
  }
  context.fillStyle = EDGE;
  context.fill();
}

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {number} x
 * @param {number} y
 */
export function drawMark(context, mark, x, y) {
  if (mark.shape === "cross") {
    drawCross(context, mark, x, y);
    return;
  }
  if (mark.shape.endsWith("_square")) {
    drawGate(context, mark, x, y);
    return;
  }
  const isHollow = mark.shape.startsWith("hollow_");
  context.beginPath();
  OUTLINES[mark.shape.replace("hollow_", "")]?.(context, x, y, mark.radius - (isHollow ? 1 : 0));
  context.fillStyle = isHollow ? EDGE : mark.colour;
  context.fill();
  context.lineWidth = isHollow ? 2.2 : 1.4;
  context.strokeStyle = isHollow ? mark.colour : EDGE;
  context.stroke();
}

/**
 * A ring whose parts are the shares of each colour, with how many in the middle.
 * @param {Context} context
 * @param {{x: number, y: number, r: number}} place
 * @param {[string, number][]} parts colour and count
 */
export function drawShares(context, { x, y, r }, parts) {
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  let from = -Math.PI / 2;
  context.beginPath();
  context.arc(x, y, r + 1.5, 0, 2 * Math.PI);
  context.fillStyle = EDGE;
  context.fill();
  for (const [colour, count] of parts) {
    const to = from + (2 * Math.PI * count) / total;
    context.beginPath();
    context.arc(x, y, r - 2, from, to);
    context.lineCap = "butt";
    context.lineWidth = 4;
    context.strokeStyle = colour;
    context.stroke();
    from = to;
  }
  context.fillStyle = "#17212b";
  context.font = "700 11px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(total), x, y + 0.5);
}

/**
 * A point on the map's canvas that draws itself.
 * @param {L.LatLngExpression} place
 * @param {L.CircleMarkerOptions} options
 * @param {(context: Context, x: number, y: number) => void} draw
 * @returns {L.CircleMarker}
 */
export function canvasPoint(place, options, draw) {
  const point = L.circleMarker(place, options);
  // Leaflet asks the shape to draw itself through this method, and offers no other way in.
  Reflect.set(point, "_updatePath", () => {
    const renderer = Reflect.get(point, "_renderer");
    const at = Reflect.get(point, "_point");
    if (renderer._drawing && !Reflect.apply(Reflect.get(point, "_empty"), point, [])) {
      const context = renderer._ctx;
      context.save();
      // Paths drawn before leave their dashes and their opacity behind.
      context.setLineDash([]);
      context.globalAlpha = 1;
      draw(context, at.x, at.y);
      context.restore();
    }
  });
  return point;
}
