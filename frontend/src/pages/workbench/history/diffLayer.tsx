/** The diff over the picture, in place of the boxes of now: each kind of mark has a line and a sign of its own. */
import type { Box } from "../../../annotator/core/geometry";
import type { View } from "../../../annotator/core/viewport";
import type { ImageHistory } from "./historyState";
import type { Mark } from "./marks";

/** With more of them than this, names would hide the picture. */
const MOST_TAGS = 120;
const TAG_HEIGHT = 22;

export function DiffLayer({ history }: { history: ImageHistory }) {
  const { view } = history.workbench.editor.value;
  const diff = history.diff.value;
  if (!diff) return null;
  return (
    <div class="diff-layer" data-testid="diff">
      <svg aria-hidden="true">
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {diff.rest.map((box, at) => (
            <Outline key={at} box={box} kind="rest" />
          ))}
          {diff.marks.map((mark, at) => (
            <Shape key={at} mark={mark} />
          ))}
        </g>
      </svg>
      {diff.marks.length <= MOST_TAGS &&
        diff.marks.map((mark, at) => <Tag key={at} mark={mark} view={view} />)}
    </div>
  );
}

/** Colour over a dark halo, as the boxes of now. */
function Outline({ box, kind }: { box: Box; kind: string }) {
  const place = {
    x: box.x_min,
    y: box.y_min,
    width: box.x_max - box.x_min,
    height: box.y_max - box.y_min,
  };
  return (
    <>
      <rect class="halo" {...place} />
      <rect class={kind} {...place} />
    </>
  );
}

function Shape({ mark: { kind, box, was } }: { mark: Mark }) {
  return (
    <g data-kind={kind}>
      {was && <Outline box={was} kind={`${kind} was`} />}
      {was && <path class={kind} d={`M${middle(was)}L${middle(box)}`} />}
      {kind === "removed" && <path class={kind} d={crossOf(box)} />}
      <Outline box={box} kind={kind} />
    </g>
  );
}

function middle({ x_min, y_min, x_max, y_max }: Box): string {
  return `${(x_min + x_max) / 2} ${(y_min + y_max) / 2}`;
}

/** Struck out. */
function crossOf({ x_min, y_min, x_max, y_max }: Box): string {
  return `M${x_min} ${y_min}L${x_max} ${y_max}M${x_min} ${y_max}L${x_max} ${y_min}`;
}

/** Above its box, inside where there is no room above. */
function Tag({ mark: { kind, box, text, detail }, view }: { mark: Mark; view: View }) {
  const [x, y] = [box.x_min * view.scale + view.x, box.y_min * view.scale + view.y];
  const top = y < TAG_HEIGHT ? y + 3 : y - TAG_HEIGHT;
  return (
    <span class={`diff-tag ${kind}`} style={{ transform: `translate(${x - 1}px, ${top}px)` }}>
      <b>{text}</b> {detail}
    </span>
  );
}
