import { useState } from "preact/hooks";
import { fetchPlace, isNarrowed } from "../../../api/imageLists";
import type { ListPlace } from "../../../api/types";
import { useProject } from "../../../app/project";
import { count } from "../../../ui/figures";
import { useLoaded } from "../../../ui/useLoaded";
import { countOf } from "../queueTabs";
import type { ImageList } from "./useImages";

interface GoToProps {
  list: ImageList;
  /** Of the first image in view. */
  place: number;
  jump: (place: number) => Promise<void>;
}

/** Where one is in a long list; clicked, it asks where to go. */
export function GoTo({ list, place, jump }: GoToProps) {
  const [isAsking, setAsking] = useState(false);
  const length = useLength(list);
  if (length === null) return null;
  const { total, has_more } = length;
  const all = `${count(total)}${has_more ? "+" : ""}`;
  if (!isAsking) {
    return (
      <button type="button" class="go-to" title="Go to an image by its place" onClick={() => setAsking(true)}>
        {count(has_more ? place : Math.min(place, total))} of {all}
      </button>
    );
  }
  const go = (text: string): void => {
    const wanted = Math.round(Number(text));
    setAsking(false);
    if (wanted >= 1) void jump(has_more ? wanted : Math.min(wanted, total));
  };
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        go(String(new FormData(event.currentTarget).get("place")));
      }}
    >
      <input
        name="place"
        inputMode="numeric"
        pattern="[0-9]+"
        defaultValue={String(place)}
        aria-label="Go to the image at this place"
        ref={(input) => input?.select()}
        onBlur={() => setAsking(false)}
        onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
      />{" "}
      of {all}
    </form>
  );
}

/** Of the whole list; null until it is known. A filter's finds are counted by the server, to its limit. */
function useLength({ filter, images }: ImageList): Pick<ListPlace, "total" | "has_more"> | null {
  const { counts } = useProject();
  const first = images[0];
  const key = isNarrowed(filter) && first ? JSON.stringify(filter) : null;
  const counted = useLoaded(key, () => fetchPlace(first?.id ?? 0, filter)).value;
  return isNarrowed(filter)
    ? (counted ?? null)
    : { total: countOf(counts.value, filter.queue), has_more: false };
}
