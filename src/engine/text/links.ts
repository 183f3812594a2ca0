// Links, e-mail addresses and mentions: parts of a text that are names, not words.

/**
 * Placeholder for a removed part. A private-use character is in no word and no keyword, and `fold` keeps it.
 */
const LEFT_OUT = '\ue000';

/** Letters of scripts without spaces, which may directly follow a link, and their full stops and commas. */
const NO_LINK = String.raw`\s\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}`;
const LABELS = String.raw`(?:[\p{L}\p{N}-]{1,63}\.){1,8}`;
/** Endings with which a name counts as a host even without a path; `ok.thanks` is a missing space. */
const ENDINGS = 'com|net|org|info|biz|io|app|dev|shop|store|online|example';

// Each pattern is bounded, and none starts within a run of its own letters, so a text takes linear time.
const LINK = new RegExp(String.raw`(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^${NO_LINK}]+`, 'giu');
const ADDRESS = new RegExp(
  String.raw`(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@${LABELS}\p{L}{2,24}`,
  'gu',
);
const HOST = new RegExp(
  String.raw`(?<![\p{L}\p{N}@._-])${LABELS}(?:(?:${ENDINGS})(?![\p{L}\p{N}_-])|\p{L}{2,24}(?=\/))(?:[/?#][^${NO_LINK}]*)?`,
  'giu',
);
/** Handles are ASCII on every platform that lists messages. */
const MENTION = /(?<![A-Za-z0-9_])[@\uff20][A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?/gu;

/**
 * The text without links, addresses and mentions. Between words each is replaced by a placeholder, so that
 * the words beside it do not become adjacent; at the ends it is removed, so that `@shop guide` begins and
 * ends with `guide`.
 */
export function withoutLinks(text: string): string {
  if (!/[.@\uff20]|:\/\//u.test(text)) return text;
  const bare = [LINK, ADDRESS, HOST, MENTION].reduce((rest, part) => rest.replace(part, LEFT_OUT), text);
  return bare === text ? text : bare.replace(/^[\s\ue000]+|[\s\ue000]+$/gu, '');
}
