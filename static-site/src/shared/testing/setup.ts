import '@testing-library/jest-dom/vitest';
import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach } from 'vitest';
import { installPopovers } from './popovers';

installPopovers();

afterEach(() => {
  // Toasts outlive the view that said them, also from one test to the next.
  for (const dismiss of screen.queryAllByRole('button', { name: 'Dismiss' })) fireEvent.click(dismiss);
  cleanup();
  localStorage.clear();
});
