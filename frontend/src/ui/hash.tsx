import { shortHash } from "./figures";
import { Icon } from "./icons";
import { toast } from "./toast";

/** A sha256, short; a click copies the whole. */
export function Hash({ sha256 }: { sha256: string }) {
  const copy = () => {
    navigator.clipboard?.writeText(sha256).then(
      () => toast("Hash copied"),
      () => toast({ text: `The browser did not allow to copy: ${sha256}`, bad: true }),
    );
  };
  return (
    <button
      type="button"
      class="hash mono"
      title={`sha256 ${sha256}`}
      aria-label={`${shortHash(sha256)}: copy the sha256`}
      onClick={copy}
    >
      {shortHash(sha256)}
      <Icon name="copy" />
    </button>
  );
}
