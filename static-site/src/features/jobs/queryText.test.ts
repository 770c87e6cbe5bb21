import { describe, expect, it } from 'vitest';
import { hasQualifier, without, withQueryText, writingAt } from './queryText';

describe('the text of the filter field', () => {
  it('takes qualifiers into the filters and leaves the rest as text', () => {
    expect(withQueryText({ state: ['failed'] }, 'tag:nightly priority:high report 7')).toEqual({
      state: ['failed'],
      tag: 'nightly',
      priority: ['high'],
      q: 'report 7',
    });
  });

  it('knows sources and keys, and values with spaces in quotes', () => {
    expect(withQueryText({}, 'source:"schedule:every night" key:customer-7 tag:"a b"')).toEqual({
      source: 'schedule:every night',
      key: 'customer-7',
      tag: 'a b',
      q: '',
    });
  });

  it('keeps an unknown priority or qualifier as searched text', () => {
    expect(withQueryText({}, 'priority:urgent colour:red task:').q).toBe('priority:urgent colour:red task:');
  });

  it('keeps an address and quoted words as they are', () => {
    expect(withQueryText({}, 'http://example.org "two words"').q).toBe('http://example.org "two words"');
  });

  it('adds to what may be several and replaces what may not', () => {
    expect(withQueryText({ task: ['a'], tag: 'x' }, 'task:b task:a tag:y')).toEqual({
      task: ['a', 'b'],
      tag: 'y',
      q: '',
    });
  });

  it('tells a qualifier being typed from plain text', () => {
    expect(hasQualifier('task:export')).toBe(true);
    expect(hasQualifier('http://example.org')).toBe(false);
  });
});

describe('what is being written at the caret', () => {
  it('is the word there', () => {
    expect(writingAt('report ta', 9)).toMatchObject({ qualifier: null, value: 'ta', start: 7 });
    expect(writingAt('ta report', 2)).toMatchObject({ value: 'ta', end: 2 });
  });

  it('is the value of a qualifier, also while it is empty or its quote is open', () => {
    expect(writingAt('x task:', 7)).toMatchObject({ qualifier: 'task', value: '' });
    expect(writingAt('tag:"two wo', 11)).toMatchObject({ qualifier: 'tag', value: 'two wo' });
  });

  it('is nothing after a space', () => {
    expect(writingAt('report ', 7)).toMatchObject({ qualifier: null, value: '' });
  });

  it('can be taken out of the text', () => {
    expect(without('a task:b c', writingAt('a task:b c', 8))).toBe('a c');
  });
});
