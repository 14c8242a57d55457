import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Import } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Confirm } from "../../../ui/confirm";
import { useSubmit } from "../../../ui/form";
import { Icon } from "../../../ui/icons";
import type { Decision } from "./decision";

interface ImportBarProps {
  id: number;
  decision: Decision;
  /** The archive is to be read otherwise: what is decided here is not about that. */
  isUnread: boolean;
  mayDecide: boolean;
  put: (one: Import) => void;
}

function faultOf({ decision, isUnread, mayDecide }: ImportBarProps): string {
  if (!mayDecide) return "An annotator of the team decides on it.";
  if (isUnread) return "Read the archive again first, or undo the changes to how it is read.";
  return decision.fault;
}

/** What comes in, and the deed; always in sight. */
export function ImportBar(props: ImportBarProps) {
  const { id, decision, mayDecide, put } = props;
  const [isCanceling, setCanceling] = useState(false);
  const fault = faultOf(props);
  const sending = useSubmit([], async () =>
    put(await api.post<Import>(`imports/${id}/apply/`, decision.request, { retries: 5 })),
  );
  const text = fault || sending.general;
  return (
    <footer class="import-bar">
      <p id="import-bar-text" class={text ? "grow row warn" : "grow dim"} role="status">
        {text && <Icon name="warn" />}
        <span>{text || decision.summary}</span>
      </p>
      {isCanceling && (
        <Confirm
          deed="Cancel import"
          keep="Go on"
          run={async () => put(await api.post<Import>(`imports/${id}/cancel/`))}
          close={() => setCanceling(false)}
        >
          What was sent and read is deleted. To import it later it has to be sent again.
        </Confirm>
      )}
      {mayDecide && (
        <span class="row">
          <Button look="danger" onClick={() => setCanceling(true)}>
            Cancel import
          </Button>
          <Button
            look="primary"
            busy={sending.busy}
            disabled={fault !== ""}
            aria-describedby="import-bar-text"
            data-testid="apply"
            onClick={() => void sending.submit()}
          >
            {sending.busy ? "Starting" : decision.deed}
          </Button>
        </span>
      )}
    </footer>
  );
}
