import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { filterQuery, type ImageFilter } from "../../../api/imageLists";
import type { Image, Project } from "../../../api/types";
import { useView } from "../../../ui/useView";
import { GoTo } from "./goTo";
import { aspectOf, justify, type Layout, type Row, rowAt, rowOf, rowsBetween } from "./layout";
import { Tile } from "./tile";
import { useArrowKeys } from "./useArrowKeys";
import { useFrame } from "./useFrame";
import type { ImageList } from "./useImages";

const GAP = 4;
const TARGET = 172;
const TARGET_PHONE = 124;
/** Rows are kept this far beyond what is in view, and more is asked for when the end comes this near. */
const MARGIN = 600;
/** So many screens high a list says where one is. */
const LONG = 3;

interface GalleryProps {
  project: Project;
  list: ImageList;
  selected: ReadonlySet<number>;
  onSelect: ((image: Image, range: boolean) => void) | null;
  /** What a frame was drawn round. */
  onFrame: ((images: Image[]) => void) | null;
}

/** Tells the workbench which list an image was opened from. */
function listQuery(filter: ImageFilter): string {
  return `?${new URLSearchParams([["from", "images"], ...filterQuery(filter)])}`;
}

/** Only the rows in view are in the page, so that ten thousand loaded images scroll like sixty. */
export function Gallery({ project, list, selected, onSelect, onFrame }: GalleryProps) {
  const { scroller, view } = useView();
  const query = useMemo(() => listQuery(list.filter), [list.filter]);
  const target = view.width < 560 ? TARGET_PHONE : TARGET;
  const layout = useMemo(
    () => justify(list.images.map(aspectOf), { width: view.width, target, gap: GAP }),
    [list.images, view.width, target],
  );
  const { active, setActive, setAt, onKeyDown } = useArrowKeys(scroller, layout, list);
  const seen = rowsBetween(layout, view.top - MARGIN, view.top + view.height + MARGIN);
  const isFocused = scroller.current?.querySelector("a:focus") != null;
  const rows = isFocused ? withRow(seen, layout.rows[rowOf(layout, active)]) : seen;
  const shown = rows.flatMap((row) => row.tiles);
  const frame = useFrame(
    scroller,
    layout,
    onFrame && ((at) => onFrame(at.map((index) => list.images[index]!))),
  );
  useReturn(scroller, layout.height > 0, list.place);
  useSteady(scroller, layout, list.images);
  const tabStop = shown.some((tile) => tile.index === active) ? active : shown[0]?.index;

  useEffect(() => {
    if (list.hasMore && view.height > 0 && view.top + view.height + MARGIN > layout.height) void list.more();
  }, [list.hasMore, list.images, view, layout.height]);
  useEffect(() => {
    if (list.start > 1 && view.height > 0 && view.top < MARGIN) void list.less();
  }, [list.start, list.images, view]);

  const jump = async (place: number) => {
    const first = await list.jump(place);
    if (first === 0) return;
    setAt(first);
    if (scroller.current) scroller.current.scrollTop = 0;
  };
  const first = rowAt(layout, view.top)?.tiles[0]?.index ?? 0;
  return (
    <>
      {(list.hasMore || layout.height > LONG * view.height) && (
        <GoTo list={list} place={list.start + first} jump={jump} />
      )}
      <div class="gallery" ref={scroller}>
        <ul
          class={selected.size > 0 ? "tiles selecting" : "tiles"}
          style={{ height: layout.height }}
          aria-label="Images"
          onKeyDown={onKeyDown}
        >
          {rows.flatMap((row) =>
            row.tiles.map((tile) => {
              const image = list.images[tile.index]!;
              return (
                <Tile
                  key={image.id}
                  image={image}
                  project={project}
                  query={query}
                  row={row}
                  placed={tile}
                  isTabStop={tile.index === tabStop}
                  selected={selected.has(image.id)}
                  onSelect={onSelect}
                  onFocus={setActive}
                />
              );
            }),
          )}
          {frame && <li class="select-frame" aria-hidden="true" style={frame} />}
        </ul>
      </div>
    </>
  );
}

/** What has the focus stays in the page, or the keys would be nobody's. */
function withRow(rows: Row[], row: Row | undefined): Row[] {
  if (!row || rows.includes(row)) return rows;
  return [...rows, row].sort((one, other) => one.top - other.top);
}

/** Images that come in before those in view move nothing on the screen. */
function useSteady(scroller: RefObject<HTMLElement | null>, layout: Layout, images: readonly Image[]): void {
  const seen = useRef({ layout, images });
  useLayoutEffect(() => {
    const { layout: was, images: had } = seen.current;
    seen.current = { layout, images };
    const element = scroller.current;
    const more = had[0] ? images.indexOf(had[0]) : 0;
    const row = element && rowAt(was, element.scrollTop);
    const first = row?.tiles[0];
    if (more <= 0 || !element || !first) return;
    const now = layout.rows[rowOf(layout, first.index + more)];
    if (now) element.scrollTop += now.top - row.top;
  }, [layout, images]);
}

/** Scrolls to where one was in the list, as soon as it has its height, and notes where one is from then on. */
function useReturn(
  scroller: RefObject<HTMLElement | null>,
  hasHeight: boolean,
  place: { top: number },
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !hasHeight) return;
    element.scrollTop = place.top;
    const note = () => {
      place.top = element.scrollTop;
    };
    element.addEventListener("scroll", note, { passive: true });
    return () => element.removeEventListener("scroll", note);
  }, [hasHeight, place]);
}

/** Still tiles of plausible shapes while the first page is on its way. */
export function LoadingGallery() {
  const shapes = [1.5, 1.33, 0.75, 1.6, 1.5, 1, 1.78, 1.33, 0.8, 1.5, 1.4, 1.5, 0.75, 1.33, 1.6, 1.5];
  return (
    <div class="gallery" aria-busy="true">
      <span class="vh">Loading images</span>
      <div class="still late" aria-hidden="true">
        {shapes.map((shape, index) => (
          <span key={index} class="sk" style={{ flex: `${shape} 1 ${shape * 160}px` }} />
        ))}
      </div>
    </div>
  );
}
