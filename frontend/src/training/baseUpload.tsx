import { useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../api/errors";
import type { BaseFile } from "../api/types";
import { bytes } from "../ui/figures";
import { Icon } from "../ui/icons";
import { Bar } from "../ui/progress";
import type { BaseFiles } from "./useBaseFiles";

interface BaseUploadProps {
  files: BaseFiles;
  onAdded: (file: BaseFile) => void;
}

interface Sending {
  file: File;
  sent: number;
  total: number;
}

/** Choose a file of weights and send it. Closing the dialog gives it up. */
export function BaseUpload({ files, onAdded }: BaseUploadProps) {
  const [sending, setSending] = useState<Sending | null>(null);
  const [fault, setFault] = useState("");
  const abort = useRef(new AbortController());
  useEffect(() => () => abort.current.abort(), []);
  const send = async (file: File) => {
    setFault("");
    setSending({ file, sent: 0, total: file.size });
    try {
      const onSent = (sent: number, total: number) => setSending({ file, sent, total });
      onAdded(await files.add(file, onSent, abort.current.signal));
    } catch (error) {
      if (!abort.current.signal.aborted) {
        setFault(sentence(error));
        setSending(null);
      }
    }
  };
  if (sending) return <Progress {...sending} />;
  return (
    <div class="form-row">
      <label class={fault ? "file-pick wrong" : "file-pick"}>
        <Icon name="upload" />
        <span class="grow cut">Choose a file of weights</span>
        <input
          type="file"
          accept=".safetensors,.pth,.pt,.ckpt,.bin,.tar,.zip,.tflite,.weights"
          class="vh"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void send(file);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {fault ? (
        <span class="fault" role="alert">
          {fault}
        </span>
      ) : (
        <span class="hint">
          Weights of this model, with any labels: safetensors, PyTorch (.pth), TFLite or darknet's .weights.
          The team can use it from then on.
        </span>
      )}
    </div>
  );
}

function Progress({ file, sent, total }: Sending) {
  const isThere = sent >= total;
  return (
    <div class="form-row" data-testid="base-sending">
      <span class="row">
        <span class="grow cut">{file.name}</span>
        <span class="small faint nowrap" aria-live="polite">
          {isThere ? "Storing" : `${bytes(sent)} of ${bytes(total)}`}
        </span>
      </span>
      <Bar value={sent} max={total} label={`Sending ${file.name}`} live />
    </div>
  );
}
