import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/yaml/nearest.js';

const KEYS = [
  'id',
  'on',
  'keywords',
  'once_per',
  'reply',
  'private_reply',
  'comment_reply',
  'platforms',
  'api_key',
];

describe('the nearest known key', () => {
  it.each([
    ['keyword', 'keywords'],
    ['kyewords', 'keywords'],
    ['oncePer', 'once_per'],
    ['once-per', 'once_per'],
    ['apikey', 'api_key'],
    ['API_KEY', 'api_key'],
    ['plattforms', 'platforms'],
    ['replay', 'reply'],
    ['privat_reply', 'private_reply'],
  ])('to %s is %s', (written, meant) => {
    expect(nearest(written, KEYS)).toBe(meant);
  });

  it.each(['colour', 'x', '', 'schedule', 'a'.repeat(1_000)])('to %j does not exist', (written) => {
    expect(nearest(written, KEYS)).toBeUndefined();
  });

  it('may be a prefix of the written key', () => {
    expect(nearest('monday', ['mon', 'tue'])).toBe('mon');
  });
});
