import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { environment } from '@/shared/api/environment';
import { asProblem } from '@/shared/api/problem';
import { Button } from '@/shared/ui/Button';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { Icon, Mark } from '@/shared/ui/Icon';
import { tryKey } from './api';

interface SignInProps {
  /** How one goes to another environment, if there are more. */
  environments?: ReactNode;
  /** Why one has to sign in again. */
  reason: string | null;
  onSignedIn: (key: string) => void;
}

export function SignIn({ environments, reason, onSignedIn }: SignInProps) {
  const id = useId();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() === '') {
      setFault('Enter a key');
      return;
    }
    setBusy(true);
    setFault(null);
    try {
      await tryKey(key.trim());
      onSignedIn(key.trim());
    } catch (error) {
      const problem = asProblem(error);
      setFault(problem.detail || problem.title);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="panel w-full max-w-[400px] p-7">
        <div className="flex items-center gap-2.5 text-base font-[650] tracking-[-0.02em]">
          <Mark size={26} />
          Trajectory
        </div>
        <h1 className="mt-6 text-lg font-[620] tracking-[-0.02em]">Sign in</h1>
        <p className="mt-1 text-xs text-soft">
          With an API key of <b className="font-[540] text-text">{environment().name}</b>. It stays in this
          browser.
        </p>
        {environments}
        {reason && (
          <p
            role="alert"
            className="mt-4 flex gap-2 rounded-md border border-line-2 bg-panel-2 px-3 py-2.5 text-xs"
          >
            <Icon name="warning" size={14} className="mt-px text-retry" />
            <span>
              You were signed out. <span className="text-soft">{reason}</span>
            </span>
          </p>
        )}
        <form onSubmit={(event) => void submit(event)} className="mt-5" noValidate>
          <label htmlFor={id} className="mb-1 block text-xs font-[540]">
            API key
          </label>
          <input
            id={id}
            type="password"
            autoComplete="current-password"
            autoFocus
            placeholder="tj_…"
            className="field font-mono"
            aria-invalid={fault ? true : undefined}
            aria-describedby={`${id}-fault`}
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
          <FieldFaults id={`${id}-fault`} faults={fault ? [fault] : undefined} />
          <Button type="submit" kind="main" busy={busy} className="mt-4 min-h-9 w-full">
            Sign in
          </Button>
        </form>
        <p className="mt-5 border-t border-line pt-4 text-2xs text-faint">
          The start script prints a sign-in link: open it, and there is nothing to type.
        </p>
      </div>
    </main>
  );
}
