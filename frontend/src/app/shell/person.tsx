import { api } from "../../api/client";
import { Avatar, initials } from "../../ui/avatar";
import { IconButton } from "../../ui/button";
import { Menu, MenuItem, MenuLink } from "../../ui/menu";
import { toastError } from "../../ui/toast";
import { navigate } from "../router";
import { loadSession, user } from "../session";
import { theme, toggleTheme } from "../theme";

async function signOut(): Promise<void> {
  try {
    await api.post("auth/logout/");
    navigate("/");
    await loadSession();
  } catch (error) {
    toastError(error);
  }
}

export function ThemeToggle() {
  const label = theme.value === "dark" ? "Light theme" : "Dark theme";
  return <IconButton icon="contrast" label={label} onClick={toggleTheme} />;
}

/** Who I am: account, my teams, sign out. */
export function PersonMenu() {
  const me = user.value;
  if (!me) return null;
  return (
    <Menu
      trigger={<Avatar person={me} decorative />}
      label={`${initials(me.name)}: ${me.name}, account and teams`}
      look="btn quiet icon round"
      align="right"
    >
      <MenuLink href="/account" icon="gear">
        Account
      </MenuLink>
      {me.teams.map((team) => (
        <MenuLink key={team.slug} href={`/t/${team.slug}`} icon="team" cost={team.role}>
          {team.name}
        </MenuLink>
      ))}
      <hr />
      <MenuItem icon="send" onClick={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
