import pc from 'picocolors';
import type { MeaningTrace } from '../domain/meaning.js';
import { plain } from '../domain/terminal.js';

const VERDICTS: Readonly<Record<MeaningTrace['verdict'], string>> = {
  sure: 'sure',
  unsure: 'not sure enough',
  ambiguous: 'two rules are too close',
  nothing: 'resembles no example',
};

/** The comparison with the examples of the rules: the score as a sum of examples and of words. */
export function meaningLines(meaning: MeaningTrace | undefined): readonly string[] {
  if (meaning === undefined) return [];
  const { best, second, verdict, examples, words, unknown, model } = meaning;
  const beside = second === null ? '' : `; next ${second.rule} ${second.score.toFixed(2)}`;
  return [
    '',
    `${pc.bold('examples')} ${VERDICTS[verdict]} ${pc.dim(`(model ${model})`)}`,
    ...(best === null
      ? []
      : [`  ${best.rule}  score ${best.score.toFixed(2)} of ${best.needs.toFixed(2)} needed${beside}`]),
    ...examples.map(
      ({ rule, text, share }) => `  ${signed(share)}  ${plain(JSON.stringify(text))} ${pc.dim(`of ${rule}`)}`,
    ),
    ...(words.length === 0
      ? []
      : [`  words    ${plain(words.map(({ word, share }) => `${word} ${signed(share)}`).join(' · '))}`]),
    ...(unknown.length === 0 ? [] : [`  unknown  ${plain(unknown.join(' · '))}`]),
  ];
}

function signed(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(share).toFixed(2)}`;
}
