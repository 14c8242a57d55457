import type { Role } from "../../api/types";
import { Icon } from "../../ui/icons";

export const ROLES: { name: Role; title: string; may: string }[] = [
  { name: "viewer", title: "Viewer", may: "looks at everything and downloads artifacts" },
  { name: "annotator", title: "Annotator", may: "uploads, imports and labels" },
  { name: "manager", title: "Manager", may: "makes projects and labels, trains, invites" },
  { name: "owner", title: "Owner", may: "decides on members, roles and deletion" },
];

const DEEDS: { text: string; from: Role }[] = [
  { text: "Look, download", from: "viewer" },
  { text: "Upload, import, label", from: "annotator" },
  { text: "Projects, labels, training", from: "manager" },
  { text: "Delete images, invite", from: "manager" },
  { text: "Members, roles, deletion", from: "owner" },
];

function rank(role: Role): number {
  return ROLES.findIndex((one) => one.name === role);
}

export function RolesPanel() {
  return (
    <section class="panel" aria-labelledby="roles-title">
      <header>
        <h2 id="roles-title">What a role may do</h2>
      </header>
      <table class="roles tight">
        <thead>
          <tr>
            <th>
              <span class="vh">Deed</span>
            </th>
            {ROLES.map((role) => (
              <th key={role.name}>{role.title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DEEDS.map((deed) => (
            <tr key={deed.text}>
              <td>{deed.text}</td>
              {ROLES.map((role) => (
                <td key={role.name}>
                  {rank(role.name) >= rank(deed.from) && (
                    <>
                      <Icon name="check" />
                      <span class="vh">yes</span>
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
