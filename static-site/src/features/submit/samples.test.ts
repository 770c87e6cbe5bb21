import { expect, it } from 'vitest';
import { curlSample, pythonSample } from './samples';

const submission = {
  task: 'a',
  params: { text: "it's", on: true, none: null, list: [1] },
  priority: 'high' as const,
};

it('quotes for the shell what would end its string', () => {
  expect(curlSample('http://localhost', submission)).toContain(`it'\\''s`);
});

it('writes Python literals, not JSON', () => {
  const sample = pythonSample('http://localhost', submission);

  expect(sample).toContain('"on": True,');
  expect(sample).toContain('"none": None,');
});
