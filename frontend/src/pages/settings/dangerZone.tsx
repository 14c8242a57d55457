import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useProject } from "../../app/project";
import { navigate } from "../../app/router";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { counted } from "../../ui/figures";
import { toast } from "../../ui/toast";

export function DangerZone() {
  const { project } = useProject();
  const [asking, setAsking] = useState(false);
  const { id, name, counts } = project.value;
  return (
    <section class="panel" aria-labelledby="danger-title">
      <header>
        <h2 id="danger-title">Delete the project</h2>
      </header>
      <div class="body row apart">
        <p class="dim">
          {counted(counts.images, "image")}, {counted(counts.annotations, "annotation")}, all snapshots, runs
          and artifacts go for good.
        </p>
        <Button look="danger" onClick={() => setAsking(true)}>
          Delete project
        </Button>
      </div>
      {asking && (
        <Confirm
          deed="Delete project"
          word={name}
          close={() => setAsking(false)}
          run={async () => {
            await api.delete(`projects/${id}/`);
            toast(`${name} is deleted`);
            navigate("/");
          }}
        >
          {counted(counts.images, "image")} and {counted(counts.annotations, "annotation")} of <b>{name}</b>{" "}
          go for good. This can't be undone.
        </Confirm>
      )}
    </section>
  );
}
