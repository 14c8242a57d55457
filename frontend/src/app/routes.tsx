import type { JSX } from "preact";
import { lazy } from "./lazy";
import { ProjectProvider } from "./project";
import { match } from "./router";
import { ProjectShell } from "./shell/projectShell";

const Projects = lazy(() => import("../pages/projects"));
const Images = lazy(() => import("../pages/images"));
const Import = lazy<{ id: number }>(() => import("../pages/imports"));
const Workbench = lazy<{ image: number | null }>(() => import("../pages/workbench"));
const Review = lazy(() => import("../pages/review"));
const Trash = lazy(() => import("../pages/trash"));
const Snapshots = lazy<{ number: number | null }>(() => import("../pages/snapshots"));
const Runs = lazy<{ number: number | null; sweep?: number }>(() => import("../pages/runs"));
const Settings = lazy(() => import("../pages/settings"));
const Team = lazy<{ slug: string }>(() => import("../pages/team"));
const Account = lazy(() => import("../pages/account"));
const Join = lazy<{ old: string }>(() => import("../pages/join"));
const Reset = lazy(() => import("../pages/reset"));
const Try = lazy(() => import("../pages/try"));
const NotFound = lazy(() => import("../pages/notFound"));

type Parameters = Record<string, string>;

export interface Route {
  pattern: string;
  /** Pages that a visitor without an account sees too. */
  open?: boolean;
  /** The chunk that `show` needs. */
  page: { preload(): void };
  show(parameters: Parameters): JSX.Element;
}

function toNumber(text: string | undefined): number | null {
  return text && /^\d+$/.test(text) ? Number(text) : null;
}

function inProject(tab: string, page: (parameters: Parameters) => JSX.Element): Route["show"] {
  return (parameters) => (
    <ProjectProvider slug={parameters.slug ?? ""}>
      <ProjectShell tab={tab}>{page(parameters)}</ProjectShell>
    </ProjectProvider>
  );
}

/** The workbench brings its own header: width and height belong to the image. */
function bareInProject(page: (parameters: Parameters) => JSX.Element): Route["show"] {
  return (parameters) => <ProjectProvider slug={parameters.slug ?? ""}>{page(parameters)}</ProjectProvider>;
}

const IMAGES = { page: Images, show: inProject("images", () => <Images />) };

const ROUTES: Route[] = [
  { pattern: "/", page: Projects, show: () => <Projects /> },
  { pattern: "/p/:slug", ...IMAGES },
  { pattern: "/p/:slug/images", ...IMAGES },
  {
    pattern: "/p/:slug/label/:image?",
    page: Workbench,
    show: bareInProject((p) => <Workbench image={toNumber(p.image)} />),
  },
  { pattern: "/p/:slug/review", page: Review, show: inProject("images", () => <Review />) },
  { pattern: "/p/:slug/trash", page: Trash, show: inProject("images", () => <Trash />) },
  {
    pattern: "/p/:slug/imports/:id",
    page: Import,
    show: inProject("images", (p) => <Import id={toNumber(p.id) ?? 0} />),
  },
  {
    pattern: "/p/:slug/snapshots/:n?",
    page: Snapshots,
    show: inProject("snapshots", (p) => <Snapshots number={toNumber(p.n)} />),
  },
  {
    pattern: "/p/:slug/runs/:n?",
    page: Runs,
    show: inProject("runs", (p) => <Runs number={toNumber(p.n)} />),
  },
  {
    pattern: "/p/:slug/runs/sweeps/:id",
    page: Runs,
    show: inProject("runs", (p) => <Runs number={null} sweep={toNumber(p.id) ?? 0} />),
  },
  { pattern: "/p/:slug/settings", page: Settings, show: inProject("settings", () => <Settings />) },
  { pattern: "/t/:slug", page: Team, show: (p) => <Team slug={p.slug ?? ""} /> },
  { pattern: "/account", page: Account, show: () => <Account /> },
  { pattern: "/join/:old?", page: Join, open: true, show: (p) => <Join old={p.old ?? ""} /> },
  { pattern: "/reset", page: Reset, open: true, show: () => <Reset /> },
  { pattern: "/try", page: Try, open: true, show: () => <Try /> },
  { pattern: "/setup", page: Projects, show: () => <Projects /> },
];

const NOT_FOUND: Route = { pattern: "", page: NotFound, show: () => <NotFound /> };

export function findRoute(path: string): { route: Route; parameters: Parameters } {
  for (const route of ROUTES) {
    const parameters = match(route.pattern, path);
    if (parameters) return { route, parameters };
  }
  return { route: NOT_FOUND, parameters: {} };
}
