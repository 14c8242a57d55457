import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Member, Role, Team } from "../../api/types";
import { navigate } from "../../app/router";
import { reloadUser, user } from "../../app/session";
import { Avatar } from "../../ui/avatar";
import { IconButton } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Select } from "../../ui/field";
import { day } from "../../ui/figures";
import { toast, toastError } from "../../ui/toast";
import { ROLES } from "./roles";

interface MembersProps {
  team: Team;
  members: Member[];
  reload: () => void;
}

function MemberRow({
  team,
  member,
  reload,
  remove,
}: Omit<MembersProps, "members"> & { member: Member; remove: () => void }) {
  const owns = team.role === "owner";
  const isMe = member.user.id === user.value?.id;
  const setRole = async (role: Role) => {
    try {
      await api.patch(`teams/${team.slug}/members/${member.id}/`, { role });
      if (isMe) await reloadUser();
      toast(`${member.user.name} is ${role} now`);
    } catch (error) {
      toastError(error);
    }
    reload();
  };
  return (
    <tr>
      <td>
        <span class="row person">
          <Avatar person={member.user} large decorative />
          <span class="cut">
            <b>{member.user.name}</b> {isMe && <span class="faint">you</span>}
            <br />
            <span class="small faint">{member.user.email}</span>
          </span>
        </span>
      </td>
      <td>
        {owns ? (
          <Select
            label={`Role of ${member.user.name}`}
            value={member.role}
            onPick={(role) => void setRole(role as Role)}
            options={ROLES.map((role) => ({ value: role.name, name: role.title }))}
          />
        ) : (
          ROLES.find((role) => role.name === member.role)?.title
        )}
      </td>
      <td class="faint desk-only-cell">{day(member.joined_at)}</td>
      <td class="num">
        {owns && (
          <IconButton
            icon="x"
            size="sm"
            label={isMe ? "Leave the team" : `Remove ${member.user.name}`}
            onClick={remove}
          />
        )}
      </td>
    </tr>
  );
}

export function MembersPanel({ team, members, reload }: MembersProps) {
  const [removing, setRemoving] = useState<Member | null>(null);
  const isMe = removing?.user.id === user.value?.id;
  return (
    <section class="panel" aria-labelledby="members-title">
      <header>
        <h2 id="members-title">
          Members <span class="count">{members.length}</span>
        </h2>
      </header>
      <table class="people">
        <thead>
          <tr>
            <th>Member</th>
            <th>Role</th>
            <th class="desk-only-cell">Since</th>
            <th>
              <span class="vh">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <MemberRow
              key={member.id}
              team={team}
              member={member}
              reload={reload}
              remove={() => setRemoving(member)}
            />
          ))}
        </tbody>
      </table>
      {removing && (
        <Confirm
          deed={isMe ? "Leave the team" : `Remove ${removing.user.name}`}
          close={() => setRemoving(null)}
          run={async () => {
            await api.delete(`teams/${team.slug}/members/${removing.id}/`);
            if (isMe) {
              await reloadUser();
              navigate("/");
            } else reload();
          }}
        >
          {isMe ? "You" : removing.user.name} can no longer open the projects of {team.name}. Annotations
          stay.
        </Confirm>
      )}
    </section>
  );
}
