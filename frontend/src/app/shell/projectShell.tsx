import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../ui/icons";
import { Logo } from "../../ui/logo";
import { useProject } from "../project";
import { PersonMenu, ThemeToggle } from "./person";
import { PrimaryAction } from "./primaryAction";
import { ProjectStatus } from "./projectStatus";

const TABS: { tab: string; name: string; icon: IconName }[] = [
  { tab: "images", name: "Images", icon: "image" },
  { tab: "label", name: "Label", icon: "box" },
  { tab: "snapshots", name: "Snapshots", icon: "layers" },
  { tab: "runs", name: "Runs", icon: "run" },
  { tab: "settings", name: "Settings", icon: "gear" },
];

function TabLinks({ slug, tab, icons }: { slug: string; tab: string; icons: boolean }) {
  return (
    <>
      {TABS.map((entry) => (
        <a
          key={entry.tab}
          href={`/p/${slug}/${entry.tab}`}
          aria-current={entry.tab === tab ? "page" : undefined}
        >
          {icons && <Icon name={entry.icon} />}
          {entry.name}
        </a>
      ))}
    </>
  );
}

/** The header says where the project stands, then offers the next step. */
export function ProjectShell({ tab, children }: { tab: string; children: ComponentChildren }) {
  const project = useProject().project.value;
  return (
    <>
      <a class="btn skip" href="#content">
        Skip to content
      </a>
      <header class="top">
        <a class="mark" href="/" aria-label="Boxwright, all projects">
          <Logo />
        </a>
        <div class="crumbs">
          <a class="team desk-only" href={`/t/${project.team.slug}`}>
            {project.team.name}
          </a>
          <span class="sep team desk-only">/</span>
          <b class="cut">{project.name}</b>
        </div>
        <nav class="nav desk-only" aria-label="Project">
          <TabLinks slug={project.slug} tab={tab} icons={false} />
        </nav>
        <div class="tail">
          <ProjectStatus />
          <ThemeToggle />
          <PersonMenu />
          <PrimaryAction tab={tab} />
        </div>
      </header>
      {children}
      <nav class="tabbar" aria-label="Project">
        <TabLinks slug={project.slug} tab={tab} icons={true} />
      </nav>
    </>
  );
}
