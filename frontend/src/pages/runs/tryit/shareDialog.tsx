import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { Artifact, MadeTryLink, Page, TryLink } from "../../../api/types";
import { Button } from "../../../ui/button";
import { CopyField } from "../../../ui/copyField";
import { Dialog } from "../../../ui/dialog";
import { SelectField } from "../../../ui/field";
import { ago, until } from "../../../ui/figures";
import { QrPicture } from "../../../ui/qrPicture";
import { Failed } from "../../../ui/states";
import { toastError } from "../../../ui/toast";
import { useLoaded } from "../../../ui/useLoaded";

const EXPIRIES = [
  { value: "1", name: "1 day" },
  { value: "7", name: "7 days" },
  { value: "30", name: "30 days" },
];

/** Links by which anybody tries the model: made, listed, revoked. */
export function ShareDialog({ artifact, close }: { artifact: Artifact; close: () => void }) {
  const url = `artifacts/${artifact.id}/try-links/`;
  const { value, error, reload } = useLoaded(url, (signal) => api.get<Page<TryLink>>(url, { signal }));
  const [days, setDays] = useState("7");
  const [made, setMade] = useState<MadeTryLink | null>(null);
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);
  const make = () => {
    setBusy(true);
    setFault("");
    api
      .post<MadeTryLink>(url, { expires_in_days: Number(days) })
      .then(
        (link) => {
          setMade(link);
          reload();
        },
        (problem) => setFault(sentence(problem)),
      )
      .finally(() => setBusy(false));
  };
  const revoke = (link: TryLink) =>
    api.delete(`try-links/${link.id}/`).then(() => {
      if (made?.id === link.id) setMade(null);
      reload();
    }, toastError);
  const links = value?.results ?? [];
  return (
    <Dialog title="Try it on a phone" close={close}>
      <div class="body stack" data-testid="share-dialog">
        <p class="dim">
          Whoever has the link runs this model in their browser, without an account, until it ends. They see
          its labels and nothing else of the project.
        </p>
        {made && <Made made={made} />}
        <div class="row share-new">
          <SelectField label="Ends after" value={days} onPick={setDays} options={EXPIRIES} />
          <Button
            look={made ? "quiet" : "primary"}
            icon="link"
            busy={isBusy}
            onClick={make}
            data-testid="make-link"
          >
            {made ? "Make another link" : "Make link"}
          </Button>
        </div>
        {fault && (
          <p class="bad" role="alert">
            {fault}
          </p>
        )}
        {error ? <Failed error={error} retry={reload} /> : null}
        {links.length > 0 && (
          <ul class="rows share-links" aria-label="Links that work">
            {links.map((link) => (
              <li key={link.id} class="li" data-testid="try-link">
                <span class="grow">
                  Made {ago(link.created_at)} by {link.created_by.name}
                  <span class="small faint">Ends {until(link.expires_at)}</span>
                </span>
                <Button size="sm" look="danger" onClick={() => revoke(link)}>
                  Revoke
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function Made({ made }: { made: MadeTryLink }) {
  return (
    <div class="share-made" role="status">
      <QrPicture text={made.link} label="The link as a QR code" />
      <CopyField text={made.link} label="Link" />
      <span class="small faint">It is shown only now. It ends {until(made.expires_at)}.</span>
    </div>
  );
}
