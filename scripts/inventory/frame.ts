// Where evaluation is, and which names are known there.

import type { ts } from 'ts-morph';
import type { Origin, Value } from './values.ts';

/** Names and their values; undefined before the declaration was reached. */
export interface Scope {
  readonly names: Map<string, Value | undefined>;
  readonly parent: Scope | undefined;
}

/** Where evaluation is: in which file, with which names, in which call. */
export interface Frame {
  readonly source: ts.SourceFile;
  /** Syntax of the file that was complained about already. */
  readonly refused: ReadonlySet<ts.Node>;
  readonly scope: Scope;
  readonly call: Origin | undefined;
}

export const originAt = ({ source, call }: Frame, node: ts.Node): Origin => ({ source, node, call });

export function isBound(name: string, frame: Frame): boolean {
  for (let scope: Scope | undefined = frame.scope; scope; scope = scope.parent) if (scope.names.has(name)) return true;
  return false;
}
