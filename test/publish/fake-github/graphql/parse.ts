/** As much of GraphQL as a client of GitHub sends; anything else does not parse. */

export interface Document {
  readonly kind: 'query' | 'mutation';
  readonly name: string | undefined;
  /** Name → type as written, such as `[RefUpdate!]!`. */
  readonly variables: ReadonlyMap<string, string>;
  readonly selections: readonly Selection[];
}

export interface Selection {
  /** Undefined: a fragment. */
  readonly field: string | undefined;
  readonly key: string;
  readonly args: ReadonlyMap<string, Value>;
  /** The type that a fragment is for. */
  readonly on: string | undefined;
  readonly selections: readonly Selection[] | undefined;
}

export type Value =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'plain'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Value> };

export function parse(text: string): Document {
  const tokens = [...text.matchAll(/(?:[\s,]|#[^\n]*)*(\.\.\.|[{}()[\]:!$=@]|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|$|[\s\S])/gy)]
    .map(([, token = '']) => token)
    .filter((token) => token !== '');
  let at = 0;
  const peek = (): string => tokens[at] ?? 'the end';
  const next = (): string => {
    at += 1;
    return tokens[at - 1] ?? 'the end';
  };
  const expect = (token: string): void => {
    const found = next();
    if (found !== token) throw new SyntaxError(`Parse error on "${found}": expected "${token}"`);
  };
  const name = (): string => {
    const found = next();
    if (!/^[A-Za-z_]\w*$/.test(found)) throw new SyntaxError(`Parse error on "${found}": expected a name`);
    return found;
  };
  const type = (): string => {
    let text = '';
    if (peek() === '[') {
      expect('[');
      text = `[${type()}]`;
      expect(']');
    } else text = name();
    if (peek() !== '!') return text;
    expect('!');
    return `${text}!`;
  };
  const value = (): Value => {
    const token = next();
    if (token === '$') return { kind: 'variable', name: name() };
    if (token === '[') {
      const items: Value[] = [];
      while (peek() !== ']') items.push(value());
      expect(']');
      return { kind: 'list', items };
    }
    if (token === '{') {
      const fields = new Map<string, Value>();
      while (peek() !== '}') {
        const key = name();
        expect(':');
        fields.set(key, value());
      }
      expect('}');
      return { kind: 'object', fields };
    }
    if (token === 'true' || token === 'false') return { kind: 'plain', value: token === 'true' };
    if (token === 'null') return { kind: 'plain', value: null };
    if (/^-?\d/.test(token)) return { kind: 'plain', value: Number(token) };
    if (token.startsWith('"')) return { kind: 'plain', value: JSON.parse(token) as string };
    // An enum's value.
    if (/^[A-Za-z_]/.test(token)) return { kind: 'plain', value: token };
    throw new SyntaxError(`Parse error on "${token}": expected a value`);
  };
  const selections = (): Selection[] => {
    const all: Selection[] = [];
    expect('{');
    while (peek() !== '}') all.push(selection());
    expect('}');
    if (all.length === 0) throw new SyntaxError('Parse error on "}": expected a field');
    return all;
  };
  const selection = (): Selection => {
    if (peek() === '...') {
      expect('...');
      expect('on');
      return { field: undefined, key: '', args: new Map(), on: name(), selections: selections() };
    }
    const first = name();
    const args = new Map<string, Value>();
    let field = first;
    if (peek() === ':') {
      expect(':');
      field = name();
    }
    if (peek() === '(') {
      expect('(');
      while (peek() !== ')') {
        const key = name();
        expect(':');
        args.set(key, value());
      }
      expect(')');
    }
    return { field, key: first, args, on: undefined, selections: peek() === '{' ? selections() : undefined };
  };

  const kind = peek() === '{' ? 'query' : name();
  if (kind !== 'query' && kind !== 'mutation') throw new SyntaxError(`Parse error on "${kind}"`);
  const variables = new Map<string, string>();
  const operation = peek() === '{' || peek() === '(' ? undefined : name();
  if (peek() === '(') {
    expect('(');
    while (peek() !== ')') {
      expect('$');
      const variable = name();
      expect(':');
      variables.set(variable, type());
    }
    expect(')');
  }
  const body = selections();
  if (at < tokens.length) throw new SyntaxError(`Parse error on "${peek()}": one operation is all that is read here`);
  return { kind, name: operation, variables, selections: body };
}
