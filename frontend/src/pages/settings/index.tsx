import "./settings.css";
import { useProject } from "../../app/project";
import { useTitle } from "../../app/title";
import { DangerZone } from "./dangerZone";
import { LabelSettings } from "./labelSettings";
import { ProjectPanel } from "./projectPanel";

export default function Settings() {
  const { project, may } = useProject();
  useTitle("Settings", project.value.name);
  return (
    <main class="page" id="content">
      <div class="settings">
        <h1>Settings</h1>
        {!may("manager") && <p class="dim">Only managers and owners change these.</p>}
        <LabelSettings />
        <ProjectPanel />
        {may("owner") && <DangerZone />}
      </div>
    </main>
  );
}
