import { useState } from "preact/hooks";
import { unsavedImages } from "../../annotator/saving/keptWork";
import { api } from "../../api/client";
import { Avatar, initials } from "../../ui/avatar";
import { IconButton } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { counted } from "../../ui/figures";
import { Menu, MenuItem, MenuLink } from "../../ui/menu";
import { toastError } from "../../ui/toast";
import { giveAllBack } from "../along";
import { navigate } from "../router";
import { loadSession, user } from "../session";
import { theme, toggleTheme } from "../theme";

/** What one took along is given back, and leaves this device. */
async function signOut(me: number): Promise<void> {
  await giveAllBack(me);
  await api.post("auth/logout/");
  navigate("/");
  await loadSession();
}

export function ThemeToggle() {
  const label = theme.value === "dark" ? "Light theme" : "Dark theme";
  return <IconButton icon="contrast" label={label} onClick={toggleTheme} />;
}

/** Who I am: account, my teams, sign out. */
export function PersonMenu() {
  const me = user.value;
  const [unsaved, setUnsaved] = useState(0);
  if (!me) return null;
  const leave = async (): Promise<void> => {
    const images = await unsavedImages(me.id);
    setUnsaved(images);
    if (images === 0) await signOut(me.id).catch(toastError);
  };
  if (unsaved > 0) {
    return (
      <Confirm deed="Sign out" keep="Stay" run={() => signOut(me.id)} close={() => setUnsaved(0)}>
        Changes to {counted(unsaved, "image")} are not saved yet. They stay on this device, and are saved once
        you sign in here again.
      </Confirm>
    );
  }
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
      <MenuItem icon="send" onClick={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
