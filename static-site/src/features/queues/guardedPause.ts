import { guarded } from '@/shared/ui/guard';

export const guardedPause = (name: string, act: () => void): void =>
  guarded({
    title: `Pause the queue ${name}?`,
    about: `No job of ${name} priority starts until it is resumed. Running ones finish.`,
    confirm: 'Pause queue',
    act,
  });
