import { allEnvironments, environment, paintOf, switchEnvironment } from '@/shared/api/environment';
import type { Environment } from '@/shared/api/config';
import { PLACES } from './places';

/** To the same page of another environment; what is one job or schedule here is none there. */
export function goToEnvironment(name: string): void {
  const here = location.pathname;
  switchEnvironment(name, PLACES.some(({ to }) => to === here) ? here : '/');
}

export const EnvironmentDot = ({ environment: one }: { environment: Environment }) => (
  <span
    className="mx-1 size-2 flex-none rounded-full"
    style={{ background: paintOf(one).paint }}
    aria-hidden="true"
  />
);

/** For the sign-in page, where no menu stands. */
export function EnvironmentChoice() {
  const all = allEnvironments();
  if (all.length < 2) return null;
  return (
    <label className="mt-4 block text-xs font-[540]">
      <span className="mb-1 block">Environment</span>
      <select
        className="field"
        value={environment().name}
        onChange={({ target }) => goToEnvironment(target.value)}
      >
        {all.map(({ name, production }) => (
          <option key={name} value={name}>
            {production ? `${name} (production)` : name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Around every page of production, so that nobody acts on the wrong one: an edge, and its name in words. */
export function ProductionEdge() {
  const current = environment();
  if (!current.production) return null;
  const { paint, ink } = paintOf(current);
  return (
    <aside
      className="pointer-events-none fixed inset-0 z-60 border-3"
      style={{ borderColor: paint }}
      aria-label={`Production environment: ${current.name}`}
      data-testid="production-edge"
    >
      <span
        className="absolute top-0 left-1/2 max-w-48 -translate-x-1/2 truncate rounded-b-sm px-2 text-2xs leading-[15px] font-semibold"
        style={{ background: paint, color: ink }}
      >
        {current.name}
      </span>
    </aside>
  );
}
