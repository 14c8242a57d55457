import "./imports.css";
import { importName, isWorking } from "../../app/importState";
import { useProject } from "../../app/project";
import { useTitle } from "../../app/title";
import { PageError, PageLoading } from "../../ui/states";
import { Ended } from "./ended";
import { FindingsPanel } from "./findings/findingsPanel";
import { ImportHead } from "./importHead";
import { ReviewPage } from "./review/reviewPage";
import { useImport } from "./useImport";
import { Working } from "./working";

/** One import from its archive to its end; what it shows follows from how far it is. */
export default function ImportPage({ id }: { id: number }) {
  const { project } = useProject();
  const { one, error, put, reload } = useImport(id);
  useTitle(one ? importName(one) : "Import", project.value.name);
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
