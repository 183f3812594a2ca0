/**
 * What goes wrong with a call. `before`: it was not accepted. `after`: it was, and its answer is lost. `drop` cuts the
 * connection, `hang` never answers and accepts nothing, `garbage` accepts and answers with half a document.
 */
export type Fault =
  | 'none'
  | 'drop_before'
  | 'drop_after'
  | 'error_500_before'
  | 'error_500_after'
  | 'rate_limit'
  | 'hang'
  | 'garbage';

/** Asked at each call, with the path without its query. */
export type FaultHook = (request: { readonly method: string; readonly path: string }) => Fault;
