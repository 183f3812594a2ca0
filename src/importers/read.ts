import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LIMITS } from '../domain/limits.js';
import { codeOf, controlIn } from '../domain/terminal.js';
import { ImportError, type SourceFile } from './imported.js';

const MARKS: readonly (readonly [label: string, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const ARCHIVES: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
  [0xd0, 0xcf, 0x11, 0xe0],
];

/** Text of a file, and its encoding if that is not UTF-8. */
export interface Decoded extends SourceFile {
  readonly encoding: 'utf-8' | 'utf-16' | 'windows-1252';
}

/**
 * Reads a text file in UTF-8, UTF-16 with a byte order mark, or else Windows-1252, which spreadsheet programs
 * on Windows write. Throws ImportError for a file that is too large, an archive, or no text.
 */
export function readText(file: string): Decoded {
  return decode(bytesOf(file), file);
}

function bytesOf(file: string): Uint8Array {
  const handle = openOrThrow(file);
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory())
      throw new ImportError(file, 'is a folder, where a file is expected', 'Give a file in it.');
    if (stat.size > LIMITS.ruleFileBytes) throw tooLarge(file, `has ${stat.size} bytes`);
    // The number of bytes read is limited as well: a pipe has no size, and a file may grow.
    const most = stat.isFile() ? stat.size : LIMITS.ruleFileBytes;
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(handle, bytes, length, bytes.length - length, null);
    if (length > most) throw tooLarge(file, stat.isFile() ? 'grew while it was read' : 'is larger');
    return bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function openOrThrow(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fix = /^https?:\/\//iu.test(file)
      ? 'Download it and give the file; or use the address as a FAQ table: `answers: { from: ADDRESS }`.'
      : 'Give the path of a file that exists.';
    throw new ImportError(file, `cannot be read: ${why}`, fix);
  }
}

function tooLarge(file: string, how: string): ImportError {
  return new ImportError(file, `${how}, but at most ${LIMITS.ruleFileBytes} bytes are read`, 'Split it.');
}

/** Decodes the bytes of a file; `name` is for error messages. */
export function decode(bytes: Uint8Array, name: string): Decoded {
  const startsWith = (mark: readonly number[]): boolean => mark.every((byte, n) => bytes[n] === byte);
  if (ARCHIVES.some(startsWith)) {
    throw new ImportError(
      name,
      'is an archive or a spreadsheet program’s own format, where text is expected',
      'Export the sheet as CSV, or unpack the archive, and give that.',
    );
  }
  const marked = MARKS.find(([, mark]) => startsWith(mark));
  if (marked) {
    const [label, mark] = marked;
    const text = new TextDecoder(label).decode(bytes.subarray(mark.length));
    return checked({ name, text, encoding: label === 'utf-8' ? label : 'utf-16' });
  }
  try {
    return checked({
      name,
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      encoding: 'utf-8',
    });
  } catch (error) {
    if (error instanceof ImportError) throw error;
    return checked({ name, text: fromWindows(bytes), encoding: 'windows-1252' });
  }
}

/** Windows-1252 from 0x80 to 0x9F; the other bytes are those of Latin-1. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

/** TextDecoder of Node 20 reads `windows-1252` as Latin-1 (seen with 20.20.2), which loses the euro sign. */
function fromWindows(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009F]/gu, (sign) => WINDOWS[sign.charCodeAt(0) - 0x80] ?? sign);
}

function checked(decoded: Decoded): Decoded {
  const at = controlIn(decoded.text);
  if (at < 0) return decoded;
  const line = decoded.text.slice(0, at).split('\n').length;
  throw new ImportError(
    `${decoded.name}:${line}`,
    `has the control character ${codeOf(decoded.text.charAt(at))}, so it is not a text file`,
    'Save it as text (UTF-8).',
  );
}
