import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { SavedView } from '@/shared/api/types';
import { Button, IconButton } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { FailedToLoad, Skeleton } from '@/shared/ui/notices';
import { Pop } from '@/shared/ui/Pop';
import { isFiltered, type JobFilters } from '../filters';
import { isShown, useActOnViews, viewsQuery } from './api';

interface ViewsMenuProps {
  filters: JobFilters;
  open: (filters: JobFilters) => void;
}

/** The saved views: open, save what is shown, rename, share, delete. */
export function ViewsMenu({ filters, open }: ViewsMenuProps) {
  const { data, error, refetch } = useQuery(viewsQuery());
  const shown = data?.find((view) => isShown(view, filters));
  return (
    <Pop
      label="Saved views"
      place="below, to the end"
      className="max-h-[70dvh] w-80 p-1.5"
      trigger={(opens) => (
        <Button {...opens} aria-label={shown ? `Views: ${shown.name}` : 'Views'}>
          <Icon name="filter" size={14} className="text-faint" />
          <span className="max-w-36 truncate">{shown?.name ?? 'Views'}</span>
          <Icon name="down" size={12} className="text-faint" />
        </Button>
      )}
    >
      {data ? (
        data.length > 0 ? (
          <ul>
            {data.map((view) => (
              <ViewRow
                key={view.id}
                view={view}
                isShown={view === shown}
                // A view has the names that the list's own filters have.
                open={() => open(view.filter as JobFilters)}
              />
            ))}
          </ul>
        ) : (
          <p className="px-2 py-1.5 text-xs text-faint">No view is saved yet</p>
        )
      ) : error ? (
        <FailedToLoad what="Views" error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton rows={3} height={18} className="p-2" />
      )}
      <SaveForm filters={filters} />
    </Pop>
  );
}

function ViewRow({
  view,
  isShown: isCurrent,
  open,
}: {
  view: SavedView;
  isShown: boolean;
  open: () => void;
}) {
  const [doing, setDoing] = useState<'rename' | 'delete' | null>(null);
  const act = useActOnViews();
  const stop = () => {
    setDoing(null);
    act.reset();
  };
  if (doing === 'rename') {
    return (
      <li className="px-1 py-1">
        <NameForm
          label={`New name of ${view.name}`}
          button="Rename"
          first={view.name}
          busy={act.isPending}
          error={act.error}
          back={stop}
          done={(name) => act.mutate({ act: 'rename', id: view.id, name }, { onSuccess: stop })}
        />
      </li>
    );
  }
  if (doing === 'delete') {
    return (
      <li className="flex items-center gap-2 px-2 py-1 text-xs">
        <span className="min-w-0 flex-1 truncate">Delete {view.name}?</span>
        <Button kind="quiet" onClick={stop}>
          Back
        </Button>
        <Button kind="danger" busy={act.isPending} onClick={() => act.mutate({ act: 'delete', id: view.id })}>
          Delete
        </Button>
        <Fault error={act.error} />
      </li>
    );
  }
  return (
    <li className="flex items-center rounded-sm hover:bg-panel-2">
      <button
        type="button"
        data-closes
        aria-current={isCurrent ? 'true' : undefined}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-sm px-2 py-1.5 text-left text-xs aria-[current]:font-[560]"
        onClick={open}
      >
        <span className="w-3.5 flex-none">{isCurrent && <Icon name="check" size={13} />}</span>
        <span className="min-w-0 truncate">{view.name}</span>
        {!view.own && <span className="truncate text-2xs text-faint">by {view.owner}</span>}
      </button>
      {view.own && (
        <>
          <button
            type="button"
            aria-pressed={view.shared}
            aria-label={`Share ${view.name}`}
            title={view.shared ? 'Everybody sees it' : 'Only you see it'}
            className="rounded-sm px-1.5 py-1 text-2xs text-faint hover:text-text aria-pressed:text-accent"
            onClick={() => act.mutate({ act: 'share', id: view.id, shared: !view.shared })}
          >
            {view.shared ? 'shared' : 'private'}
          </button>
          <IconButton icon="edit" label={`Rename ${view.name}`} onClick={() => setDoing('rename')} />
          <IconButton icon="remove" label={`Delete ${view.name}`} onClick={() => setDoing('delete')} />
        </>
      )}
    </li>
  );
}

function SaveForm({ filters }: { filters: JobFilters }) {
  const act = useActOnViews();
  const [saved, setSaved] = useState(0);
  if (!isFiltered(filters)) {
    return (
      <p className="mt-1 border-t border-line px-2 pt-2 pb-1 text-2xs text-faint">
        Filter the list, then save it under a name.
      </p>
    );
  }
  return (
    <div className="mt-1 border-t border-line px-1 pt-2 pb-1">
      <NameForm
        key={saved}
        label="Save these filters as"
        button="Save view"
        busy={act.isPending}
        error={act.error}
        done={(name) =>
          act.mutate(
            { act: 'save', name, filters, shared: false },
            { onSuccess: () => setSaved((times) => times + 1) },
          )
        }
      />
    </div>
  );
}

interface NameFormProps {
  label: string;
  button: string;
  first?: string;
  busy: boolean;
  error: unknown;
  done: (name: string) => void;
  back?: () => void;
}

function NameForm({ label, button, first = '', busy, error, done, back }: NameFormProps) {
  const [name, setName] = useState(first);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) done(name.trim());
  };
  return (
    <form onSubmit={send} className="flex flex-wrap items-center gap-1.5">
      <input
        aria-label={label}
        placeholder={label}
        maxLength={100}
        autoFocus={back !== undefined}
        aria-invalid={error ? true : undefined}
        className="field !min-h-8 flex-1 !py-1 text-xs"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !back) return;
          event.stopPropagation();
          event.preventDefault();
          back();
        }}
      />
      <Button kind="main" type="submit" busy={busy} disabled={!name.trim()}>
        {button}
      </Button>
      <Fault error={error} />
    </form>
  );
}

const Fault = ({ error }: { error: unknown }) =>
  error ? (
    <p role="alert" className="basis-full px-1 text-2xs text-fail">
      {asProblem(error).message}
    </p>
  ) : null;
