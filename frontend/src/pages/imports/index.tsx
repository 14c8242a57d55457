import "./imports.css";
import { useEffect, useRef } from "preact/hooks";
import { importName, isWorking } from "../../app/importState";
import { useProject } from "../../app/project";
import { useTitle } from "../../app/title";
import { PageError, PageLoading } from "../../ui/states";
import { Ended } from "./ended";
import { FindingsPanel } from "./findings/findingsPanel";
import { ImportHead } from "./importHead";
import { ReviewPage } from "./review/reviewPage";
import { wordOf } from "./steps";
import { useImport } from "./useImport";
import { Working } from "./working";

/** One import from its archive to its end; what it shows follows from how far it is. */
export default function ImportPage({ id }: { id: number }) {
  const { project } = useProject();
  const { one, error, put, reload } = useImport(id);
  const word = one ? wordOf(one) : "";
  useTitle(word, one ? importName(one) : "Import", project.value.name);
  useFocusAfter(word);
  if (!one) return error ? <PageError error={error} retry={reload} /> : <PageLoading />;
  if (one.status === "waiting") return <ReviewPage key={one.id} from={one} put={put} />;
  return (
    <main class="page" id="content">
      <div class="wrap stack">
        <ImportHead from={one} />
        <div class="cols review-cols">
          {isWorking(one) ? <Working from={one} put={put} /> : <Ended from={one} />}
          {(one.rules.length > 0 || one.status === "succeeded") && <FindingsPanel from={one} />}
        </div>
      </div>
    </main>
  );
}

/** A button that vanished with its stage leaves the focus nowhere: let it start at the content. */
function useFocusAfter(word: string): void {
  const before = useRef("");
  useEffect(() => {
    const isChange = before.current !== "" && before.current !== word;
    before.current = word;
    const content = document.getElementById("content");
    if (!isChange || !content || document.activeElement !== document.body) return;
    content.tabIndex = -1;
    content.focus({ preventScroll: true });
  }, [word]);
}
