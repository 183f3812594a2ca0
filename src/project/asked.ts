import type { CodeFile } from '../rules/context.js';
import type { Environment } from '../yaml/interpolate.js';
import { codeFile } from './codes.js';

/** Everything outside of configuration, rule files and tables that rules were checked against, with the answers. */
export interface Asked {
  /** Names of environment variables, each with whether it has a value. */
  readonly variables: Map<string, boolean>;
  /** Files of codes, keyed by name and rule file. */
  readonly codes: Map<
    string,
    { readonly from: string; readonly ruleFile: string; readonly answer: CodeFile }
  >;
}

export function createAsked(): Asked {
  return { variables: new Map(), codes: new Map() };
}

/** True for a variable with a value: an empty one signs nothing, and is no token. */
export function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}

/** Answers to the rules under check from the environment and the files of codes, noted in `asked`. */
export function answersFrom(env: Environment, asked: Asked = createAsked()) {
  return {
    hasVariable: (name: string): boolean => {
      const answer = isSet(env, name);
      asked.variables.set(name, answer);
      return answer;
    },
    codesOf: (from: string, ruleFile: string): CodeFile => {
      const answer = codeFile(from, ruleFile);
      asked.codes.set(JSON.stringify([from, ruleFile]), { from, ruleFile, answer });
      return answer;
    },
  };
}

/** True if all answers are the same as they were. */
export function areSame({ variables, codes }: Asked, env: Environment): boolean {
  const same = [...variables].every(([name, answer]) => isSet(env, name) === answer);
  return (
    same &&
    [...codes.values()].every(
      ({ from, ruleFile, answer }) => JSON.stringify(codeFile(from, ruleFile)) === JSON.stringify(answer),
    )
  );
}
