import { guarded } from '@/shared/ui/guard';

export const guardedPause = (name: string, act: () => void): void =>
  guarded({
    title: `Pause ${name}?`,
    about: 'Runs during a pause are not made up for.',
    confirm: 'Pause schedule',
    act,
  });
