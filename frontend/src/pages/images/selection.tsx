import { useEffect, useState } from "preact/hooks";
import { api } from "../../api/client";
import { Confirm } from "../../ui/confirm";
import { counted } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { toast } from "../../ui/toast";
import type { Selection } from "./useSelection";

const AT_ONCE = 4;

/** Deletes a few at a time; gives back what is gone, and throws the first failure after all were tried. */
async function deleteImages(ids: number[]): Promise<Set<number>> {
  const gone = new Set<number>();
  const rest = [...ids];
  let failure: unknown = null;
  const worker = async () => {
    for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
      try {
        await api.delete(`images/${id}/`, { retries: 2 });
        gone.add(id);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failure && gone.size === 0) throw failure;
  if (failure)
    toast({ text: `${counted(ids.length - gone.size, "image")} could not be deleted.`, bad: true });
  return gone;
}

interface SelectionBarProps {
  selection: Selection;
  deleted: (ids: Set<number>) => void;
}

export function SelectionBar({ selection, deleted }: SelectionBarProps) {
  const { selected, clear } = selection;
  const [asking, setAsking] = useState(false);
  const isEmpty = selected.size === 0;
  useEffect(() => {
    if (isEmpty) return;
    const onKeyDown = (event: KeyboardEvent) => event.key === "Escape" && clear();
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [isEmpty]);
  if (isEmpty) return null;
  const deed = `Delete ${counted(selected.size, "image")}`;
  return (
    <>
      <div class="toast selection" role="toolbar" aria-label="Selection">
        <span>{counted(selected.size, "image")} selected</span>
        <button type="button" onClick={() => setAsking(true)}>
          Delete
        </button>
        <button type="button" class="icon" aria-label="Clear selection" onClick={clear}>
          <Icon name="x" />
        </button>
      </div>
      {asking && (
        <Confirm
          deed={deed}
          close={() => setAsking(false)}
          run={async () => {
            const gone = await deleteImages([...selected]);
            deleted(gone);
            toast(`${counted(gone.size, "image")} deleted`);
          }}
        >
          They leave the project with their annotations. Snapshots keep them.
        </Confirm>
      )}
    </>
  );
}
