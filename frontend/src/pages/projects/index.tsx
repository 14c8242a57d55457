import "./projects.css";
import { useState } from "preact/hooks";
import { fetchAll } from "../../api/fetchers";
import type { Project, Run } from "../../api/types";
import { query, setQuery } from "../../app/router";
import { atLeast, user } from "../../app/session";
import { HomeShell } from "../../app/shell/homeShell";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { SearchField } from "../../ui/field";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";
import { useNewestRuns } from "./newestRuns";
import { NewProject } from "./newProject";
import { ProjectCard } from "./projectCard";
import { SampleButton } from "./sampleButton";

function Cards({ projects, runs }: { projects: Project[]; runs: Map<number, Run> }) {
  return (
    <ul class="cards">
      {projects.map((project) => (
        <li key={project.id}>
          <ProjectCard project={project} run={runs.get(project.id) ?? null} />
        </li>
      ))}
    </ul>
  );
}

function LoadingCards() {
  return (
    <ul class="cards" aria-busy="true">
      {[1, 2, 3].map((n) => (
        <li key={n} class="card late">
          <div class="pic" />
          <div class="txt">
            <Skeleton width="40%" />
            <Skeleton width="100%" height={4} />
            <Skeleton width="60%" />
          </div>
        </li>
      ))}
    </ul>
  );
}

function NoProjects({ mayMake, create }: { mayMake: boolean; create: () => void }) {
  if (!mayMake) {
    return <Empty title="No projects yet">A manager of your team can make one; it appears here.</Empty>;
  }
  return (
    <Empty
      title="Start with a project"
      drawing={<EmptyDrawing />}
      actions={
        <>
          <Button look="primary" icon="plus" onClick={create}>
            New project
          </Button>
          <SampleButton />
        </>
      }
    >
      A project is one labelling task: its images, its labels, its models. The sample project has drawn
      pictures with boxes, to try every step at once.
    </Empty>
  );
}

function EmptyDrawing() {
  return (
    <svg class="drawing" viewBox="0 0 160 96" aria-hidden="true">
      <path class="frame" d="M8 8h144v80H8z" />
      <path class="ground" d="m8 76 40-34 26 22 22-18 56 42" />
      <path class="mark-box" d="M58 30h46v40H58z" />
      <path class="mark-fill" d="M96 62h16v16H96z" />
    </svg>
  );
}

export default function Projects() {
  useTitle("Projects");
  const [search, setSearch] = useState("");
  const {
    value: projects,
    error,
    reload,
  } = useLoaded("projects", (signal) => fetchAll<Project>("projects/", signal));
  const runs = useNewestRuns(projects !== null);
  const mayMake = (user.value?.teams ?? []).some((team) => atLeast(team.role, "manager"));
  const create = () => setQuery({ new: "1" });
  const wanted = search.trim().toLowerCase();
  const shown = (projects ?? []).filter((project) =>
    `${project.name} ${project.team.name}`.toLowerCase().includes(wanted),
  );
  const primary = mayMake && projects?.length !== 0 && (
    <Button look="primary" icon="plus" aria-label="New project" onClick={create}>
      <span class="desk-only">New project</span>
    </Button>
  );
  return (
    <HomeShell tab="projects" primary={primary}>
      <main class="page projects" id="content">
        <div class="wrap">
          {projects?.length !== 0 && (
            <div class="pagehead">
              <h1>Projects {projects && <span class="count">{projects.length}</span>}</h1>
              <span class="grow" />
              {mayMake && projects && projects.length < 4 && <SampleButton quiet />}
              {projects && projects.length > 1 && (
                <SearchField value={search} onText={setSearch} placeholder="Search projects" />
              )}
            </div>
          )}
          {error ? <Failed error={error} retry={reload} /> : null}
          {!projects && !error && <LoadingCards />}
          {shown.length > 0 && <Cards projects={shown} runs={runs} />}
          {projects && projects.length > 0 && shown.length === 0 && (
            <Empty
              title="No project has this name"
              actions={<Button onClick={() => setSearch("")}>Show all</Button>}
            />
          )}
        </div>
        {projects?.length === 0 && <NoProjects mayMake={mayMake} create={create} />}
      </main>
      {query.value.has("new") && mayMake && <NewProject close={() => setQuery({ new: null })} />}
    </HomeShell>
  );
}
