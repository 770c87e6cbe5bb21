import { Link } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { environment } from '@/shared/api/environment';
import type { Submission } from '@/shared/api/types';
import { CopyButton } from '@/shared/ui/CopyButton';
import { curlSample, pythonSample } from './samples';

const LANGUAGES = [
  { id: 'curl', label: 'curl', write: curlSample },
  { id: 'python', label: 'Python', write: pythonSample },
] as const;

/** What the form does, as code to take along. */
export function SamplePanel({ submission }: { submission: Submission }) {
  const [shown, setShown] = useState<string>('curl');
  const origin = environment().url || location.origin;
  const current = LANGUAGES.find(({ id }) => id === shown) ?? LANGUAGES[0];
  return (
    <section className="panel min-w-0" aria-label="The same as code">
      <Tabs.Root value={shown} onValueChange={setShown}>
        <header className="flex min-h-11 items-center gap-3 border-b border-line px-4 py-1.5">
          <h2 className="text-sm font-semibold">The same as code</h2>
          <Tabs.List
            className="ml-auto inline-flex rounded-sm border border-line-2 bg-panel"
            aria-label="Language"
          >
            {LANGUAGES.map(({ id, label }) => (
              <Tabs.Trigger
                key={id}
                value={id}
                className="min-h-7 px-2.5 text-xs text-soft first:rounded-l-[5px] last:rounded-r-[5px] hover:text-text data-[state=active]:bg-panel-3 data-[state=active]:font-[540] data-[state=active]:text-text"
              >
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <CopyButton text={current.write(origin, submission)} label={`Copy ${current.label}`} />
        </header>
        {LANGUAGES.map(({ id, write }) => (
          <Tabs.Content key={id} value={id}>
            <pre
              className="max-h-[520px] overflow-auto px-4 py-3 font-mono text-xs leading-[1.6] text-soft"
              tabIndex={0}
            >
              {write(origin, submission)}
            </pre>
          </Tabs.Content>
        ))}
      </Tabs.Root>
      <p className="border-t border-line px-4 py-2.5 text-xs text-faint">
        All that it takes and answers:{' '}
        <Link to="/docs" hash="submit" className="text-accent underline underline-offset-2">
          the API
        </Link>
      </p>
    </section>
  );
}
