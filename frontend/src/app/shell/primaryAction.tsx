import { ButtonLink } from "../../ui/button";
import { useProject } from "../project";
import { nextStep } from "./nextStep";
import { pageOwnsPrimary } from "./pagePrimary";

/** The next step as the header's primary button, unless the page that it leads to is open. */
export function PrimaryAction({ tab }: { tab: string }) {
  const { counts, latestRun, role, project } = useProject();
  const step = nextStep(counts.value, latestRun.value, role.value);
  if (
    !step ||
    pageOwnsPrimary.value ||
    (tab === "images" && step.to.startsWith("images")) ||
    (tab === "runs" && step.to.startsWith("runs"))
  )
    return null;
  return (
    <ButtonLink look="primary" href={`/p/${project.value.slug}/${step.to}`}>
      {step.text}
    </ButtonLink>
  );
}
