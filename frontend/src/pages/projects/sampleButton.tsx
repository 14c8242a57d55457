import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Project } from "../../api/types";
import { navigate } from "../../app/router";
import { atLeast, user } from "../../app/session";
import { Button } from "../../ui/button";
import { toastError } from "../../ui/toast";

/** Makes the sample project in the first team that I manage, and opens it while its pictures arrive. */
export function SampleButton({ quiet = false }: { quiet?: boolean }) {
  const [busy, setBusy] = useState(false);
  const team = user.value?.teams.find((one) => atLeast(one.role, "manager"));
  const make = async () => {
    setBusy(true);
    try {
      const project = await api.post<Project>("projects/sample/", { team: team?.slug });
      navigate(`/p/${project.slug}/images`);
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  return (
    <Button look={quiet ? "quiet" : "normal"} icon="sugg" busy={busy} onClick={make}>
      {busy ? "Making" : "Sample project"}
    </Button>
  );
}
