import { Button } from '@/shared/ui/Button';
import { Icon, Mark } from '@/shared/ui/Icon';

/** In the place of the site when `config.json` cannot be used: it must not guess where acts would go. */
export const ConfigPage = ({ faults }: { faults: string[] }) => (
  <main className="grid min-h-dvh place-items-center p-4">
    <div className="panel w-full max-w-[560px] p-7" role="alert">
      <div className="flex items-center gap-2.5 text-base font-[650] tracking-[-0.02em]">
        <Mark size={26} />
        Trajectory
      </div>
      <h1 className="mt-6 text-lg font-[620] tracking-[-0.02em]">config.json cannot be used</h1>
      <p className="mt-1 text-xs text-soft">
        It names the API addresses of this site, and stands beside index.html.
      </p>
      <ul className="mt-4 flex flex-col gap-2">
        {faults.map((fault) => (
          <li key={fault} className="flex items-start gap-2 text-xs">
            <Icon name="warning" size={14} className="mt-px text-fail" />
            <span className="font-mono wrap-anywhere">{fault}</span>
          </li>
        ))}
      </ul>
      <Button icon="retry" className="mt-5" onClick={() => location.reload()}>
        Read it again
      </Button>
    </div>
  </main>
);
