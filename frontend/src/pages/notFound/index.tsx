import { ButtonLink } from "../../ui/button";
import { Empty } from "../../ui/states";

export default function NotFound() {
  return (
    <main class="page row">
      <Empty title="There is no such page" actions={<ButtonLink href="/">All projects</ButtonLink>} />
    </main>
  );
}
