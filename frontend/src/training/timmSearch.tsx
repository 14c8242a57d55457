import { useEffect, useState } from "preact/hooks";
import { sentence } from "../api/errors";
import type { FoundModels, Model } from "../api/types";
import { TextField } from "../ui/field";
import { searchTimm } from "./useModels";

const PAUSE_MS = 250; // while someone types

/** A field for parts of a name, and the models that have them. */
export function TimmSearch({ onPick }: { onPick: (model: Model) => void }) {
  const [text, setText] = useState("");
  const { found, fault } = useFound(text);
  return (
    <div class="stack">
      <TextField
        label="Part of its name"
        icon="search"
        value={text}
        placeholder="resnet 18, vit tiny, in21k"
        fault={fault || undefined}
        onText={setText}
        maxLength={100}
        autofocus
      />
      {found && (
        <p class="small dim" aria-live="polite" data-testid="timm-count">
          {countText(found)}
        </p>
      )}
      {found && found.results.length > 0 && (
        <ul class="found-models" data-testid="timm-found">
          {found.results.map((model) => (
            <li key={model.name}>
              <button type="button" onClick={() => onPick(model)}>
                <span>{model.name}</span>
                <span class="small dim">
                  {model.summary}. <span class={model.forbids_commerce ? "bad" : ""}>{model.licence}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function countText({ count, results }: FoundModels): string {
  if (count === 0) return "No name has these parts.";
  if (count === results.length) return count === 1 ? "One model." : `${count} models, quick ones first.`;
  return `${count.toLocaleString("en")} models, of which these are the quickest ${results.length}.`;
}

function useFound(text: string): { found: FoundModels | null; fault: string } {
  const [found, setFound] = useState<FoundModels | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      searchTimm(text, abort.signal).then(
        (answer) => {
          setFound(answer);
          setFault("");
        },
        (error) => !abort.signal.aborted && setFault(sentence(error)),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return { found, fault };
}
