import type { PlannedEffect } from './funnel.js';

/** Data that rules and funnels keep about a contact. */
export interface ContactState {
  readonly tags: readonly string[];
  /** Fields, keyed by name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The state after an effect; the same object if the effect does not change it. */
export function withEffect<State extends ContactState>(state: State, effect: PlannedEffect): State {
  switch (effect.type) {
    case 'tag':
      return { ...state, tags: [...new Set([...state.tags, ...effect.tags])] };
    case 'untag':
      return { ...state, tags: state.tags.filter((tag) => !effect.tags.includes(tag)) };
    case 'set':
      return { ...state, fields: { ...state.fields, ...effect.fields } };
    default:
      return state;
  }
}
