import type { ComponentChildren } from "preact";
import type { TeamRef } from "../../api/types";
import { Icon, type IconName } from "../../ui/icons";
import { Logo } from "../../ui/logo";
import { Menu, MenuLink } from "../../ui/menu";
import { user } from "../session";
import { PersonMenu, ThemeToggle } from "./person";

type Tab = "projects" | "team" | "account";

interface HomeShellProps {
  tab: Tab;
  /** The team whose link the tabs show; the first of mine by default. */
  team?: TeamRef;
  primary?: ComponentChildren;
  children: ComponentChildren;
}

function TeamSwitch({ team }: { team: TeamRef }) {
  const teams = user.value?.teams ?? [];
  if (teams.length < 2) return <b class="cut">{team.name}</b>;
  return (
    <Menu
      look="btn quiet"
      trigger={
        <>
          <span class="cut">{team.name}</span>
          <Icon name="down" class="end" />
        </>
      }
    >
      {teams.map((other) => (
        <MenuLink key={other.slug} href={`/t/${other.slug}`} icon="team" cost={other.role}>
          {other.name}
        </MenuLink>
      ))}
    </Menu>
  );
}

/** The shell outside of a project: projects, team, account. */
export function HomeShell({ tab, team, primary, children }: HomeShellProps) {
  const shown = team ?? user.value?.teams[0];
  const tabs: { tab: Tab; href: string; name: string; icon: IconName }[] = [
    { tab: "projects", href: "/", name: "Projects", icon: "grid" },
    ...(shown
      ? [{ tab: "team" as const, href: `/t/${shown.slug}`, name: "Team", icon: "team" as const }]
      : []),
    { tab: "account", href: "/account", name: "Account", icon: "gear" },
  ];
  const links = (icons: boolean) =>
    tabs.map((entry) => (
      <a key={entry.tab} href={entry.href} aria-current={entry.tab === tab ? "page" : undefined}>
        {icons && <Icon name={entry.icon} />}
        {entry.name}
      </a>
    ));
  return (
    <>
      <a class="btn skip" href="#content">
        Skip to content
      </a>
      <header class="top">
        <a class="mark" href="/" aria-label="Boxwright, all projects">
          <Logo />
        </a>
        {shown && (
          <div class="crumbs">
            <TeamSwitch team={shown} />
          </div>
        )}
        <nav class="nav desk-only" aria-label="Main">
          {links(false)}
        </nav>
        <div class="tail">
          <ThemeToggle />
          <PersonMenu />
          {primary}
        </div>
      </header>
      {children}
      <nav class="tabbar" aria-label="Main">
        {links(true)}
      </nav>
    </>
  );
}
