import "./trash.css";
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, apiUrl } from "../../api/client";
import type { Page, TrashedImage } from "../../api/types";
import { changeImages } from "../../app/bulkChanges";
import { BulkProgress } from "../../app/bulkProgress";
import { useProject } from "../../app/project";
import { useTitle } from "../../app/title";
import { Button, ButtonLink } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { counted, until } from "../../ui/figures";
import { Empty, Failed } from "../../ui/states";
import { toastError } from "../../ui/toast";

const AT_ONCE = 100;

interface Trashed {
  images: TrashedImage[];
  next: string | null;
}

/** Deleted images, until they are restored or gone for good. */
export default function Trash() {
  const { project, may } = useProject();
  const { id, slug, name } = project.value;
  const [trashed, setTrashed] = useState<Trashed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [asking, setAsking] = useState<"selected" | "all" | null>(null);
  useTitle("Trash", name);
  const load = useCallback(() => {
    setSelected(new Set());
    api
      .get<Page<TrashedImage>>(`projects/${id}/trash/`, { query: { limit: AT_ONCE } })
      .then(({ results, next }) => setTrashed({ images: results, next }), setError);
  }, [id]);
  useEffect(load, [load]);
  const more = () => {
    if (!trashed?.next) return;
    api
      .get<Page<TrashedImage>>(trashed.next)
      .then(({ results, next }) => setTrashed({ images: [...trashed.images, ...results], next }), toastError);
  };
  const toggle = (image: number) => {
    const next = new Set(selected);
    if (!next.delete(image)) next.add(image);
    setSelected(next);
  };
  const change = (deed: "restore" | "delete", which: object) =>
    changeImages(`projects/${id}/trash/${deed}/`, which, load);
  const chosen = { images: [...selected] };
  if (error) return <Failed error={error} retry={load} />;
  const isEmpty = trashed?.images.length === 0;
  return (
    <main class="page trash-page" id="content" aria-busy={trashed === null}>
      <header class="trash-bar">
        <ButtonLink look="quiet" icon="left" href={`/p/${slug}/images`}>
          Images
        </ButtonLink>
        <h1>Trash</h1>
        <span class="grow" />
        {selected.size > 0 && <span class="dim nowrap">{counted(selected.size, "image")}</span>}
        {trashed && !isEmpty && (
          <>
            <Button disabled={selected.size === 0} onClick={() => void change("restore", chosen)}>
              Restore
            </Button>
            <Button onClick={() => setAsking(selected.size > 0 ? "selected" : "all")}>
              {selected.size > 0 ? "Delete for good" : "Empty the Trash"}
            </Button>
          </>
        )}
      </header>
      {isEmpty ? (
        <Empty title="The Trash is empty">
          Deleted images lie here for 30 days with their boxes and their history. Until then they count for
          the team's quota.
        </Empty>
      ) : (
        <ul class="trash-tiles" aria-label="Deleted images">
          {trashed?.images.map((image) => (
            <TrashTile
              key={image.id}
              image={image}
              isOn={selected.has(image.id)}
              toggle={() => toggle(image.id)}
            />
          ))}
        </ul>
      )}
      {trashed?.next && (
        <Button wide onClick={more}>
          Show more
        </Button>
      )}
      {may("manager") && <BulkProgress refresh={load} />}
      {asking && (
        <Confirm
          deed={asking === "all" ? "Empty the Trash" : `Delete ${counted(selected.size, "image")} for good`}
          close={() => setAsking(null)}
          run={() => change("delete", asking === "all" ? { all: true } : chosen)}
        >
          This can't be undone. Snapshots keep the pictures that they hold.
        </Confirm>
      )}
    </main>
  );
}

function TrashTile({ image, isOn, toggle }: { image: TrashedImage; isOn: boolean; toggle: () => void }) {
  const by = image.deleted_by ? ` by ${image.deleted_by.name}` : "";
  return (
    <li>
      <label class={isOn ? "trash-tile on" : "trash-tile"}>
        <span class="trash-picture">
          <img src={apiUrl(`trash/${image.id}/thumbnail/`)} alt="" loading="lazy" decoding="async" />
          <input type="checkbox" checked={isOn} aria-label={`Select ${image.name}`} onChange={toggle} />
        </span>
        <span class="cut" title={image.name}>
          {image.name}
        </span>
        <span class="small faint">
          Deleted{by}, gone {until(image.kept_until)}
        </span>
      </label>
    </li>
  );
}
