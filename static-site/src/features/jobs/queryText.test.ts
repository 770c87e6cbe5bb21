import { expect, it } from 'vitest';
import { hasQualifier, withQueryText } from './queryText';

it('takes qualifiers into the filters and leaves the rest as text', () => {
  expect(withQueryText({ state: ['failed'] }, 'tag:nightly priority:high report 7')).toEqual({
    state: ['failed'],
    tag: 'nightly',
    priority: ['high'],
    q: 'report 7',
  });
});

it('keeps an unknown priority or qualifier as searched text', () => {
  expect(withQueryText({}, 'priority:urgent colour:red').q).toBe('priority:urgent colour:red');
});

it('tells a qualifier being typed from plain text', () => {
  expect(hasQualifier('task:export')).toBe(true);
  expect(hasQualifier('http://example.org')).toBe(false);
});
