import "./bulkProgress.css";
import { useEffect } from "preact/hooks";
import { api } from "../api/client";
import type { BulkChange } from "../api/types";
import { Button } from "../ui/button";
import { count } from "../ui/figures";
import { Bar } from "../ui/progress";
import { toastError } from "../ui/toast";
import { running, tellEnd } from "./bulkChanges";
import { useProject } from "./project";

const OPEN = ["queued", "running", "waiting"];

/** How far a long change of many images is. `refresh` is called when it has ended. */
export function BulkProgress({ refresh }: { refresh: () => void }) {
  const { events } = useProject();
  const change = running.value;
  useEffect(() => {
    const put = (news: BulkChange) => {
      if (news.id !== running.peek()?.id) return;
      if (OPEN.includes(news.status)) running.value = news;
      else {
        running.value = null;
        tellEnd(news, refresh);
      }
    };
    const look = () => {
      const id = running.peek()?.id;
      if (id !== undefined) api.get<BulkChange>(`bulk-changes/${id}/`).then(put, () => undefined);
    };
    look(); // it may have ended before anybody listened
    const ends = [events.on("bulk", put), events.onGap(look)];
    return () => {
      for (const end of ends) end();
    };
  }, [change?.id, refresh]);
  if (!change) return null;
  const at = change.done_count + change.refused_count;
  const cancel = () => api.post(`bulk-changes/${change.id}/cancel/`).catch(toastError);
  return (
    <div class="bulk-progress" role="status">
      <span class="grow">
        {count(at)} of {count(change.total)} images
      </span>
      <Bar value={at} max={change.total} label="Images changed" live />
      <Button size="sm" onClick={cancel}>
        Cancel
      </Button>
    </div>
  );
}
