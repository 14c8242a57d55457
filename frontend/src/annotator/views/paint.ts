/** Puts a scene on a canvas: colour over a dark halo, so that a box reads on any picture. */
import type { StageBox, StagePoint } from "../core/geometry";
import type { LiveScene, RestScene, Stroke, Tag } from "../core/scene";

const HALO = "rgba(0, 0, 0, 0.62)";
const THIN_HALO = "rgba(0, 0, 0, 0.5)";
const FONT = '11px -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';
const DARK = "rgba(20, 20, 20, 0.88)";
const TAG_HEIGHT = 18;
const TAG_PAD = 5;
const TAG_LEAST = 72;

type Context = CanvasRenderingContext2D;

export function paintRest(context: Context, scene: RestScene, ratio: number): void {
  clear(context, ratio);
  for (const stroke of scene.strokes) halo(context, stroke);
  for (const stroke of scene.strokes) line(context, stroke);
  for (const tag of scene.tags) paintTag(context, tag, ratio);
}

export function paintLive(context: Context, scene: LiveScene, ratio: number): void {
  clear(context, ratio);
  if (scene.cross) paintCross(context, scene.cross.at, scene.cross.color, ratio);
  if (scene.hover) fill(context, scene.hover, 0.1);
  for (const stroke of scene.theirs) {
    halo(context, stroke);
    line(context, stroke);
  }
  for (const other of scene.others) fill(context, other, 0.28);
  if (scene.frame) paintFrame(context, scene.frame);
  if (scene.stroke) {
    fill(context, scene.stroke, 0.14);
    halo(context, scene.stroke);
    line(context, scene.stroke);
  }
  for (const handle of scene.handles) paintHandle(context, handle, scene.round);
  for (const tag of scene.tags) paintTag(context, tag, ratio);
}

function clear(context: Context, ratio: number): void {
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function outline(context: Context, { box }: Stroke): void {
  context.strokeRect(box.x_min, box.y_min, box.x_max - box.x_min, box.y_max - box.y_min);
}

/** With open gaps in halo and colour both, so that it never reads as a box of ours. */
function dash(context: Context, { dashed }: Stroke, pattern: number[], offset: number): void {
  context.setLineDash(dashed ? pattern : []);
  context.lineDashOffset = offset;
}

/** What labels that share a colour are told by. No line has gaps: those are for boxes that are not ours. */
const DOUBLE = 1;
const KNOTS = 2;
const MORE = 2.5; // times the width of a plain line

function halo(context: Context, stroke: Stroke): void {
  const width = stroke.thin ? 3 : 4;
  dash(context, stroke, [8, 3], 1);
  context.strokeStyle = stroke.thin ? THIN_HALO : HALO;
  context.lineWidth = stroke.pattern === DOUBLE ? width * 1.75 : width;
  outline(context, stroke);
  if (stroke.pattern === KNOTS) knots(context, stroke, width * 2, [6, 12], 1);
}

function line(context: Context, stroke: Stroke): void {
  const width = stroke.thin ? 1.5 : 2;
  dash(context, stroke, [6, 5], 0);
  context.strokeStyle = stroke.color;
  context.lineWidth = stroke.pattern === DOUBLE ? width * MORE : width;
  outline(context, stroke);
  if (stroke.pattern === KNOTS) knots(context, stroke, width * MORE, [4, 14], 0);
  if (stroke.pattern !== DOUBLE) return;
  context.strokeStyle = DARK;
  context.lineWidth = width;
  outline(context, stroke);
}

function knots(context: Context, stroke: Stroke, width: number, pattern: number[], offset: number): void {
  context.setLineDash(pattern);
  context.lineDashOffset = offset;
  context.lineWidth = width;
  outline(context, stroke);
  context.setLineDash([]);
}

function fill(context: Context, { box, color }: Stroke, alpha: number): void {
  context.globalAlpha = alpha;
  context.fillStyle = color;
  context.fillRect(box.x_min, box.y_min, box.x_max - box.x_min, box.y_max - box.y_min);
  context.globalAlpha = 1;
}

function paintFrame(context: Context, box: StageBox): void {
  const stroke = { box, color: "#fff", thin: true, dashed: true, pattern: 0 };
  fill(context, stroke, 0.08);
  halo(context, stroke);
  line(context, stroke);
}

function paintCross(context: Context, at: StagePoint, color: string, ratio: number): void {
  const width = context.canvas.width / ratio;
  const height = context.canvas.height / ratio;
  const x = Math.round(at.x);
  const y = Math.round(at.y);
  context.fillStyle = "rgba(0, 0, 0, 0.22)";
  context.fillRect(0, y - 1, width, 3);
  context.fillRect(x - 1, 0, 3, height);
  context.fillStyle = color;
  context.fillRect(0, y, width, 1);
  context.fillRect(x, 0, 1, height);
}

function paintHandle(context: Context, { x, y }: StagePoint, round: boolean): void {
  context.setLineDash([]);
  context.beginPath();
  if (round) context.arc(x, y, 9, 0, 2 * Math.PI);
  else context.roundRect(x - 4, y - 4, 8, 8, 2);
  context.fillStyle = "#fff";
  context.strokeStyle = "#111";
  context.lineWidth = round ? 2 : 1.5;
  context.fill();
  context.stroke();
}

const widths = new Map<string, number>();

function measured(context: Context, text: string, weight: number): number {
  const key = `${weight} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context.font = `${weight} ${FONT}`;
    width = context.measureText(text).width;
    if (widths.size > 500) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** Where the text is too wide, what is shorter, else its beginning; tags in hand have no such room. */
function fitting(context: Context, { text, short, room }: Tag): string {
  if (room === 0) return text;
  const width = measured(context, text, 600) + 2 * TAG_PAD;
  const most = short ? room : Math.max(room, TAG_LEAST);
  if (width <= most) return text;
  return short || `${text.slice(0, Math.floor((text.length * most) / width) - 1).trimEnd()}…`;
}

/** Above the box's corner; inside where there is no room above; never cut off at the stage's edges. */
function paintTag(context: Context, tag: Tag, ratio: number): void {
  const { detail, color, dark } = tag;
  const text = fitting(context, tag);
  const name = text ? measured(context, text, 600) : 0;
  const gap = text && detail ? 5 : 0;
  const width = 2 * TAG_PAD + name + gap + (detail ? measured(context, detail, 400) : 0);
  const right = context.canvas.width / ratio - width - 1;
  const x = Math.max(1, Math.min(tag.at.x - 1, right));
  const y = tag.at.y - TAG_HEIGHT - 3 < 1 ? Math.max(1, tag.at.y + 4) : tag.at.y - TAG_HEIGHT - 3;
  context.fillStyle = HALO;
  context.beginPath();
  context.roundRect(x - 1, y - 1, width + 2, TAG_HEIGHT + 2, 3);
  context.fill();
  context.fillStyle = dark ? DARK : color;
  context.beginPath();
  context.roundRect(x, y, width, TAG_HEIGHT, 2);
  context.fill();
  context.fillStyle = dark ? "#fff" : "#111";
  context.textBaseline = "middle";
  context.font = `600 ${FONT}`;
  context.fillText(text, x + TAG_PAD, y + TAG_HEIGHT / 2 + 0.5);
  if (!detail) return;
  context.font = `400 ${FONT}`;
  context.fillText(detail, x + TAG_PAD + name + gap, y + TAG_HEIGHT / 2 + 0.5);
}
