import { posix } from 'node:path';
import { ts } from 'ts-morph';
import type { Diagnostic } from '../diagnostic.ts';
import { checkGrammar, tooDeepAt } from './grammar.ts';
import {
  callListMethod,
  callTextMethod,
  conversion,
  isSame,
  isTruthy,
  listMethodNames,
  maxFields,
  maxList,
  maxText,
  type Run,
  staticFunction,
  textMethodNames,
  textOf,
} from './methods.ts';
import { type Place, withCalls } from './place.ts';
import { didYouMean } from './suggest.ts';
import {
  describe,
  type FailedValue,
  type Field,
  isReservedKey,
  type ObjectValue,
  type Origin,
  type Primitive,
  type PrimitiveValue,
  placeOf,
  quote,
  spanBetween,
  type Value,
} from './values.ts';

const { SyntaxKind } = ts;

/** Work and depth that no inventory needs; whatever goes beyond ends in a diagnostic. */
const limits = { steps: 3_000_000, calls: 200, expressions: 1_500, valueDepth: 64, diagnostics: 1_001 };

/** The files of the inventory after evaluation. Nothing of them was run: their syntax was read. */
export interface Evaluation {
  /** What each file exports by default, by path, in the order of paths. A file that starts with `_` may have none. */
  readonly defaults: ReadonlyMap<string, Value>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Evaluates every file; `sources` maps a path under `clusters/` to its text. */
export function evaluate(sources: ReadonlyMap<string, string>): Evaluation {
  const evaluator = new Evaluator(sources);
  const defaults = new Map<string, Value>();
  for (const path of [...sources.keys()].sort()) {
    const value = evaluator.defaultOf(path);
    if (value) defaults.set(path, value);
  }
  return { defaults, diagnostics: evaluator.diagnostics };
}

/** Names and their values; undefined before the declaration was reached. */
interface Scope {
  readonly names: Map<string, Value | undefined>;
  readonly parent: Scope | undefined;
}

/** Where evaluation is: in which file, with which names, in which call. */
interface Frame {
  readonly source: ts.SourceFile;
  readonly scope: Scope;
  readonly call: Origin | undefined;
}

interface Module {
  readonly source: ts.SourceFile;
  /** Syntax that was complained about already. */
  readonly refused: ReadonlySet<ts.Node>;
  readonly exports: Map<string, Value>;
  /** A file that cannot be evaluated exports whatever it is asked for. */
  state: 'waiting' | 'running' | 'done' | 'broken';
}

/** What there is of the names of JavaScript that are known in part. */
const knownParts: Readonly<Record<string, string>> = {
  Object: 'There are: Object.entries, Object.keys, Object.values, Object.fromEntries.',
  Array: 'There is: Array.from({ length }, (_, i) => …).',
};

/** Names of JavaScript that lead out of the inventory. */
const hostNames: ReadonlySet<string> = new Set(
  (
    'process require module exports global globalThis window self fetch eval Function Proxy Reflect Symbol Promise Date Math JSON console Buffer Deno Bun ' +
    'setTimeout setInterval setImmediate queueMicrotask structuredClone import __dirname __filename RegExp Error Map Set WeakMap WeakSet Boolean BigInt ' +
    'Object Array parseInt parseFloat isNaN isFinite NaN Infinity encodeURIComponent decodeURIComponent URL crypto performance navigator arguments Intl Atomics SharedArrayBuffer WebAssembly'
  ).split(' '),
);

class Evaluator implements Run {
  readonly diagnostics: Diagnostic[] = [];
  private readonly sources: ReadonlyMap<string, string>;
  private readonly modules = new Map<string, Module>();
  private readonly complained = new Set<string>();
  private steps = 0;
  private calls = 0;
  private depth = 0;

  constructor(sources: ReadonlyMap<string, string>) {
    this.sources = sources;
  }

  defaultOf(path: string): Value | undefined {
    const module = this.moduleAt(path);
    const value = module.exports.get('default');
    if (value || module.state === 'broken' || posix.basename(path).startsWith('_')) return value;
    this.report({
      code: 'inventory/no-default-export',
      severity: 'error',
      message: `${path} exports no cluster`,
      hint: 'Write `export default { … } satisfies EdgeCluster`. A file of values that others import has a name that starts with `_`.',
      span: { file: path, line: 1, column: 1, length: 1 },
    });
    return undefined;
  }

  // Bounds and complaints

  spend(steps: number, at: Origin): boolean {
    if (this.steps > limits.steps) return false;
    this.steps += steps;
    if (this.steps <= limits.steps) return true;
    this.complain(
      at,
      'inventory/limit',
      `the inventory needs more than ${limits.steps} steps to evaluate`,
      'Look for a function that calls itself, or lists of lists that grow.',
    );
    return false;
  }

  /** One complaint a place and code: a mistake in a function is one mistake, however often it is called. */
  complain(at: Origin, code: `inventory/${string}`, message: string, hint?: string, related?: Diagnostic['related']): FailedValue {
    const span: Place = placeOf(at);
    this.report(withCalls({ code, severity: 'error', message, ...(hint && { hint }), span, ...(related && { related }) }));
    return { kind: 'failed', origin: at };
  }

  private report(diagnostic: Diagnostic): void {
    const { span, code } = diagnostic;
    const key = `${code} ${span?.file}:${span?.line}:${span?.column}`;
    if (this.complained.has(key) || this.diagnostics.length >= limits.diagnostics) return;
    this.complained.add(key);
    this.diagnostics.push(diagnostic);
  }

  // Values

  primitive(value: Primitive, origin: Origin): Value {
    if (typeof value === 'string' && value.length > maxText)
      return this.complain(origin, 'inventory/limit', `a text of ${value.length} characters; at most ${maxText} are allowed`);
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.complain(origin, 'inventory/wrong-type', `the result is ${value}, which is not a number`);
    return { kind: 'primitive', value, origin };
  }

  list(items: readonly Value[], origin: Origin): Value {
    if (items.length > maxList)
      return this.complain(origin, 'inventory/limit', `a list of ${items.length} items; at most ${maxList} are allowed`);
    if (!this.spend(items.length >> 2, origin)) return { kind: 'failed', origin };
    return this.bounded({ kind: 'list', items, depth: depthOver(items), origin });
  }

  object(fields: ReadonlyMap<string, Field>, origin: Origin, incomplete = false): Value {
    if (fields.size > maxFields)
      return this.complain(origin, 'inventory/limit', `an object of ${fields.size} fields; at most ${maxFields} are allowed`);
    if (!this.spend(fields.size, origin)) return { kind: 'failed', origin };
    return this.bounded({ kind: 'object', fields, depth: depthOver([...fields.values()].map(({ value }) => value)), origin, incomplete });
  }

  private bounded(value: Extract<Value, { depth: number }>): Value {
    if (value.depth <= limits.valueDepth) return value;
    return this.complain(value.origin, 'inventory/limit', `a value of more than ${limits.valueDepth} objects and lists within each other`);
  }

  // Files

  private moduleAt(path: string): Module {
    const known = this.modules.get(path);
    if (known) return known;
    const module = this.parse(path, this.sources.get(path) as string);
    this.modules.set(path, module);
    if (module.state === 'waiting') {
      module.state = 'running';
      this.runModule(module);
      module.state = 'done';
    }
    return module;
  }

  private parse(path: string, text: string): Module {
    const source = parsed(path, text);
    if (!source) {
      const empty = ts.createSourceFile(path, '', ts.ScriptTarget.ESNext);
      this.report(tooDeepAt(empty, 0));
      return { source: empty, refused: new Set(), exports: new Map(), state: 'broken' };
    }
    // The parser keeps its errors with the file, but TypeScript does not declare the property.
    const errors = (source as unknown as { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics;
    for (const { start, length, messageText } of errors)
      this.report({
        code: 'inventory/syntax',
        severity: 'error',
        message: ts.flattenDiagnosticMessageText(messageText, ' '),
        span: spanBetween(source, start, start + length),
      });
    if (errors.length) return { source, refused: new Set(), exports: new Map(), state: 'broken' };
    const { diagnostics, refused, tooDeep } = checkGrammar(source);
    for (const diagnostic of diagnostics) this.report(diagnostic);
    return { source, refused, exports: new Map(), state: tooDeep ? 'broken' : 'waiting' };
  }

  private runModule(module: Module): void {
    const { source, refused, exports } = module;
    const frame: Frame = { source, scope: { names: new Map(), parent: undefined }, call: undefined };
    const { statements } = source;
    for (const statement of statements) this.declare(statement, module, frame);
    for (const statement of statements) if (ts.isImportDeclaration(statement) && !refused.has(statement)) this.runImport(statement, frame);
    for (const statement of statements) {
      if (ts.isVariableStatement(statement)) {
        this.runConst(statement.declarationList, frame);
        if (isExported(statement))
          for (const name of namesOf(statement.declarationList)) this.export(exports, name.text, this.nameValue(name, frame), name, frame);
      } else if (ts.isFunctionDeclaration(statement) && isExported(statement)) {
        const name = isDefault(statement) ? 'default' : statement.name?.text;
        if (name) this.export(exports, name, this.functionValue(statement, frame), statement.name ?? statement, frame);
      } else if (ts.isExportAssignment(statement) && !refused.has(statement))
        this.export(exports, 'default', this.evaluate(statement.expression, frame), statement, frame);
      else if (ts.isExportDeclaration(statement) && !statement.isTypeOnly && !refused.has(statement))
        this.runExport(statement, exports, frame);
    }
  }

  /** Makes the names of a statement known before their values are: functions at once, the rest when it is their turn. */
  private declare(statement: ts.Statement, module: Module, frame: Frame): void {
    const { names } = frame.scope;
    if (ts.isFunctionDeclaration(statement)) {
      if (statement.name) names.set(statement.name.text, this.functionValue(statement, frame));
    } else if (ts.isVariableStatement(statement)) for (const name of namesOf(statement.declarationList)) names.set(name.text, undefined);
    else if (module.refused.has(statement))
      for (const name of declaredNames(statement)) names.set(name.text, { kind: 'failed', origin: originAt(frame, name) });
  }

  private export(exports: Map<string, Value>, name: string, value: Value, node: ts.Node, frame: Frame): void {
    if (exports.has(name))
      this.complain(
        originAt(frame, node),
        'inventory/duplicate-name',
        `this file exports ${name === 'default' ? 'a default' : quote(name)} twice`,
      );
    else exports.set(name, value);
  }

  private runExport(statement: ts.ExportDeclaration, exports: Map<string, Value>, frame: Frame): void {
    const from = statement.moduleSpecifier && this.imported(statement.moduleSpecifier, frame);
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return;
    for (const { isTypeOnly, propertyName, name } of statement.exportClause.elements) {
      if (isTypeOnly) continue;
      const local = propertyName ?? name;
      const value = statement.moduleSpecifier ? this.exportOf(from, local, frame) : this.nameValue(local, frame);
      this.export(exports, name.text, value, name, frame);
    }
  }

  private runImport(statement: ts.ImportDeclaration, frame: Frame): void {
    const clause = statement.importClause;
    if (!clause || clause.phaseModifier === SyntaxKind.TypeKeyword) return;
    const { namedBindings, name } = clause;
    const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements.filter(({ isTypeOnly }) => !isTypeOnly) : [];
    if (namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.length && !named.length && !name) return;
    const from = this.imported(statement.moduleSpecifier, frame);
    const { names } = frame.scope;
    if (name) names.set(name.text, this.exportOf(from, name, frame, 'default'));
    for (const element of named) names.set(element.name.text, this.exportOf(from, element.propertyName ?? element.name, frame));
    if (namedBindings && ts.isNamespaceImport(namedBindings))
      names.set(namedBindings.name.text, this.namespaceOf(from, namedBindings, frame));
  }

  /** The file that an import names; undefined after a complaint. */
  private imported(specifier: ts.Expression, frame: Frame): Module | undefined {
    const at: Origin = originAt(frame, specifier);
    const text = ts.isStringLiteral(specifier) ? specifier.text : '';
    const { fileName } = frame.source;
    if (!text.startsWith('./') && !text.startsWith('../')) {
      this.complain(
        at,
        'inventory/import',
        `${quote(text)} is not a file of the inventory`,
        'Only files under clusters/ can be imported, with a path that starts with `./`. For types, write `import type`.',
      );
      return undefined;
    }
    const path = posix.join(posix.dirname(fileName), text);
    const candidate = `${path.replace(/\.(ts|js)$/, '')}.ts`;
    if (!candidate.startsWith('clusters/')) {
      this.complain(
        at,
        'inventory/import',
        `${quote(text)} leaves clusters/`,
        'Only files under clusters/ can be imported. For types, write `import type`.',
      );
      return undefined;
    }
    if (!this.sources.has(candidate)) {
      const known = [...this.sources.keys()].filter((other) => other !== fileName).map((other) => relative(fileName, other));
      this.complain(at, 'inventory/missing-file', `there is no file ${candidate}`, didYouMean(text, known));
      return undefined;
    }
    const module = this.moduleAt(candidate);
    if (module.state !== 'running') return module;
    this.complain(at, 'inventory/import-cycle', `${candidate} imports this file in turn`, 'Move what both need into a third file.');
    return undefined;
  }

  private exportOf(module: Module | undefined, node: ts.ModuleExportName, frame: Frame, name = node.text): Value {
    const at: Origin = originAt(frame, node);
    if (!module || module.state === 'broken') return { kind: 'failed', origin: at };
    return module.exports.get(name) ?? this.missingExport(module, name, at);
  }

  private missingExport({ source, exports }: Module, name: string, at: Origin): Value {
    const what = name === 'default' ? 'nothing by default' : `no ${quote(name)}`;
    return this.complain(at, 'inventory/missing-export', `${source.fileName} exports ${what}`, didYouMean(name, [...exports.keys()]));
  }

  private namespaceOf(module: Module | undefined, node: ts.Node, frame: Frame): Value {
    const origin: Origin = originAt(frame, node);
    if (!module || module.state === 'broken') return { kind: 'failed', origin };
    const fields = new Map(
      [...module.exports].map(([name, value]) => [name, { key: value.origin, entry: value.origin.node, value }] as const),
    );
    return {
      kind: 'object',
      fields,
      depth: depthOver([...module.exports.values()]),
      origin,
      incomplete: false,
      module: module.source.fileName,
    };
  }

  // Bindings

  private runConst(list: ts.VariableDeclarationList, frame: Frame): void {
    const refused = this.isRefused(list, frame);
    for (const { name, initializer } of list.declarations) {
      const value: Value = initializer && !refused ? this.evaluate(initializer, frame) : { kind: 'failed', origin: originAt(frame, name) };
      this.bind(name, value, frame);
    }
  }

  /** Gives the names of a pattern their values. */
  private bind(pattern: ts.BindingName, value: Value, frame: Frame): void {
    if (ts.isIdentifier(pattern)) this.bindName(pattern, value, frame);
    else if (ts.isObjectBindingPattern(pattern)) this.bindFields(pattern, value, frame);
    else this.bindItems(pattern, value, frame);
  }

  private bindName(name: ts.Identifier, value: Value, frame: Frame): void {
    const { names } = frame.scope;
    if (names.get(name.text))
      this.complain(
        originAt(frame, name),
        'inventory/duplicate-name',
        `${quote(name.text)} is declared twice`,
        'Give one of them another name.',
      );
    else names.set(name.text, value);
  }

  private bindFields(pattern: ts.ObjectBindingPattern, value: Value, frame: Frame): void {
    const at: Origin = originAt(frame, pattern);
    const object =
      value.kind === 'object' || value.kind === 'failed'
        ? value
        : this.complain(at, 'inventory/wrong-type', `${describe(value)} has no fields to take apart`);
    const taken = new Set<string>();
    for (const element of pattern.elements) {
      const { dotDotDotToken, propertyName, name, initializer } = element;
      const origin: Origin = originAt(frame, element);
      if (dotDotDotToken) {
        const rest =
          object.kind === 'object'
            ? this.object(new Map([...object.fields].filter(([key]) => !taken.has(key))), origin, object.incomplete)
            : object;
        this.bind(name, rest, frame);
        continue;
      }
      const key = propertyName ? this.keyOf(propertyName, frame) : (name as ts.Identifier).text;
      if (key !== undefined) taken.add(key);
      const found = key === undefined || object.kind === 'failed' ? undefined : this.fieldOf(object, key, origin);
      this.bind(name, this.orDefault(found ?? { kind: 'failed', origin }, initializer, frame), frame);
    }
  }

  private bindItems(pattern: ts.ArrayBindingPattern, value: Value, frame: Frame): void {
    const at: Origin = originAt(frame, pattern);
    const list =
      value.kind === 'list' || value.kind === 'failed'
        ? value
        : this.complain(at, 'inventory/wrong-type', `${describe(value)} is not a list`);
    for (const [i, element] of pattern.elements.entries()) {
      if (ts.isOmittedExpression(element)) continue;
      const origin: Origin = originAt(frame, element);
      let item: Value = list;
      if (list.kind === 'list')
        item = element.dotDotDotToken ? this.list(list.items.slice(i), origin) : (list.items[i] ?? this.primitive(undefined, origin));
      this.bind(element.name, this.orDefault(item, element.initializer, frame), frame);
    }
  }

  private orDefault(value: Value, initializer: ts.Expression | undefined, frame: Frame): Value {
    return initializer && value.kind === 'primitive' && value.value === undefined ? this.evaluate(initializer, frame) : value;
  }

  private nameValue(node: ts.ModuleExportName, frame: Frame): Value {
    const name = node.text;
    const origin: Origin = originAt(frame, node);
    for (let scope: Scope | undefined = frame.scope; scope; scope = scope.parent)
      if (scope.names.has(name))
        return (
          scope.names.get(name) ??
          this.complain(origin, 'inventory/unknown-name', `${quote(name)} is used before it has a value`, 'Move its declaration up.')
        );
    if (name === 'undefined') return this.primitive(undefined, origin);
    const converted = conversion(this, name, origin);
    if (converted) return converted;
    if (hostNames.has(name))
      return this.complain(
        origin,
        'inventory/not-static',
        `\`${name}\` cannot be read without running it`,
        knownParts[name] ?? 'The inventory is data: write the value itself.',
      );
    return this.complain(origin, 'inventory/unknown-name', `there is no ${quote(name)} here`, didYouMean(name, visibleNames(frame.scope)));
  }

  private isBound(name: string, frame: Frame): boolean {
    for (let scope: Scope | undefined = frame.scope; scope; scope = scope.parent) if (scope.names.has(name)) return true;
    return false;
  }

  // Functions

  private functionValue(node: ts.ArrowFunction | ts.FunctionDeclaration, frame: Frame): Value {
    const origin: Origin = originAt(frame, node);
    if (this.isRefused(node, frame)) return { kind: 'failed', origin };
    return {
      kind: 'function',
      origin,
      apply: (values, call) => this.call(node, values, { source: frame.source, scope: { names: new Map(), parent: frame.scope }, call }),
    };
  }

  private call(node: ts.ArrowFunction | ts.FunctionDeclaration, values: readonly Value[], frame: Frame): Value {
    const call = frame.call as Origin;
    if (this.calls >= limits.calls)
      return this.complain(
        { ...call, call: undefined },
        'inventory/limit',
        `more than ${limits.calls} calls within each other`,
        'A function of the inventory cannot call itself without end.',
      );
    this.calls++;
    const result = this.callBody(node, values, frame);
    this.calls--;
    return result;
  }

  private callBody({ parameters, body }: ts.ArrowFunction | ts.FunctionDeclaration, values: readonly Value[], frame: Frame): Value {
    for (const [i, parameter] of parameters.entries()) {
      const origin: Origin = originAt(frame, parameter);
      const value = parameter.dotDotDotToken ? this.list(values.slice(i), origin) : (values[i] ?? this.primitive(undefined, origin));
      this.bind(parameter.name, this.orDefault(value, parameter.initializer, frame), frame);
    }
    const failed: Value = { kind: 'failed', origin: frame.call as Origin };
    if (!body) return failed;
    if (!ts.isBlock(body)) return this.evaluate(body, frame);
    const inner: Frame = { ...frame, scope: { names: new Map(), parent: frame.scope } };
    for (const statement of body.statements)
      if (ts.isVariableStatement(statement))
        for (const name of namesOf(statement.declarationList)) inner.scope.names.set(name.text, undefined);
    for (const statement of body.statements) {
      if (ts.isVariableStatement(statement)) this.runConst(statement.declarationList, inner);
      if (ts.isReturnStatement(statement) && statement.expression) return this.evaluate(statement.expression, inner);
    }
    return failed;
  }

  // Expressions

  private isRefused(node: ts.Node, frame: Frame): boolean {
    return this.modules.get(frame.source.fileName)?.refused.has(node) ?? false;
  }

  private evaluate(node: ts.Expression, frame: Frame): Value {
    const origin: Origin = { source: frame.source, node, call: frame.call };
    if (!this.spend(1, origin)) return { kind: 'failed', origin };
    if (this.depth >= limits.expressions)
      return this.complain({ ...origin, call: undefined }, 'inventory/limit', 'expressions and calls are nested too deep');
    this.depth++;
    const value = this.isRefused(node, frame) ? ({ kind: 'failed', origin } as const) : this.expression(node, origin, frame);
    this.depth--;
    return value;
  }

  private expression(node: ts.Expression, origin: Origin, frame: Frame): Value {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return this.primitive(node.text, origin);
    if (ts.isNumericLiteral(node)) return this.primitive(Number(node.text), origin);
    if (node.kind === SyntaxKind.TrueKeyword) return this.primitive(true, origin);
    if (node.kind === SyntaxKind.FalseKeyword) return this.primitive(false, origin);
    if (node.kind === SyntaxKind.NullKeyword) return this.primitive(null, origin);
    if (ts.isIdentifier(node)) return this.nameValue(node, frame);
    if (ts.isObjectLiteralExpression(node)) return this.objectLiteral(node, origin, frame);
    if (ts.isArrayLiteralExpression(node)) return this.list(this.items(node.elements, frame), origin);
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node))
      return this.evaluate(node.expression, frame);
    if (ts.isTemplateExpression(node)) return this.template(node, origin, frame);
    if (ts.isPropertyAccessExpression(node)) return this.propertyAccess(node, origin, frame);
    if (ts.isElementAccessExpression(node)) return this.elementAccess(node, origin, frame);
    if (ts.isCallExpression(node)) return this.callExpression(node, origin, frame);
    if (ts.isArrowFunction(node)) return this.functionValue(node, frame);
    if (ts.isConditionalExpression(node)) {
      const condition = this.evaluate(node.condition, frame);
      return condition.kind === 'failed' ? condition : this.evaluate(isTruthy(condition) ? node.whenTrue : node.whenFalse, frame);
    }
    if (ts.isBinaryExpression(node)) return this.binary(node, origin, frame);
    if (ts.isPrefixUnaryExpression(node)) return this.prefix(node, origin, frame);
    return { kind: 'failed', origin };
  }

  private items(elements: readonly ts.Expression[], frame: Frame): readonly Value[] {
    const items: Value[] = [];
    for (const element of elements) {
      if (!ts.isSpreadElement(element)) {
        items.push(this.evaluate(element, frame));
        continue;
      }
      const value = this.evaluate(element.expression, frame);
      const origin: Origin = originAt(frame, element);
      if (value.kind === 'list' && items.length + value.items.length <= maxList && this.spend(value.items.length >> 2, origin))
        for (const item of value.items) items.push(item);
      else if (value.kind === 'list') items.push(this.complain(origin, 'inventory/limit', `a list of more than ${maxList} items`));
      else
        items.push(
          value.kind === 'failed'
            ? value
            : this.complain(origin, 'inventory/wrong-type', `${describe(value)} cannot be spread into a list`),
        );
    }
    return items;
  }

  private objectLiteral(node: ts.ObjectLiteralExpression, origin: Origin, frame: Frame): Value {
    const fields = new Map<string, Field>();
    /** Keys that this literal itself wrote, which it may not write again. */
    const written = new Map<string, Origin>();
    let incomplete = false;
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const value = this.evaluate(property.expression, frame);
        if (value.kind === 'failed') incomplete = true;
        else if (value.kind === 'object') {
          if (!this.spend(value.fields.size, origin)) return { kind: 'failed', origin };
          for (const [key, field] of value.fields) fields.set(key, field);
          incomplete ||= value.incomplete;
        } else if (value.kind !== 'primitive' || (value.value !== undefined && value.value !== null && value.value !== false))
          this.complain(originAt(frame, property), 'inventory/wrong-type', `${describe(value)} cannot be spread into an object`);
        continue;
      }
      if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) {
        // A getter, setter or method: the grammar has complained.
        const name = property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name : undefined;
        if (name && !isReservedKey(name.text))
          fields.set(name.text, {
            key: originAt(frame, name),
            entry: property,
            value: { kind: 'failed', origin: originAt(frame, property) },
          });
        else incomplete = true;
        continue;
      }
      const key = this.keyOf(property.name, frame);
      const value = ts.isPropertyAssignment(property) ? this.evaluate(property.initializer, frame) : this.nameValue(property.name, frame);
      if (key === undefined) {
        incomplete = true;
        continue;
      }
      const place: Origin = originAt(frame, property.name);
      const first = written.get(key);
      if (first)
        this.complain(place, 'inventory/duplicate-key', `${quote(key)} is written twice in this object`, 'Keep one of them.', [
          { message: 'first written here', span: placeOf(first) },
        ]);
      else {
        written.set(key, place);
        fields.set(key, { key: place, entry: property, value });
      }
    }
    return this.object(fields, origin, incomplete);
  }

  /** The key that a property name stands for; undefined after a complaint. */
  private keyOf(name: ts.PropertyName, frame: Frame): string | undefined {
    const origin: Origin = originAt(frame, name);
    let key: string | undefined;
    if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNoSubstitutionTemplateLiteral(name)) key = name.text;
    else if (ts.isNumericLiteral(name)) key = String(Number(name.text));
    else if (ts.isComputedPropertyName(name)) {
      const value = this.evaluate(name.expression, frame);
      if (value.kind === 'failed') return undefined;
      key = textOf(value);
      if (key === undefined) this.complain(origin, 'inventory/wrong-type', `a key is a text, not ${describe(value)}`);
    }
    if (key === undefined || !isReservedKey(key)) return key;
    this.complain(origin, 'inventory/reserved-key', `${quote(key)} cannot be the key of a field`);
    return undefined;
  }

  private template({ head, templateSpans }: ts.TemplateExpression, origin: Origin, frame: Frame): Value {
    let text = head.text;
    for (const { expression, literal } of templateSpans) {
      const value = this.evaluate(expression, frame);
      if (value.kind === 'failed') return value;
      const part = textOf(value);
      if (part === undefined)
        return this.complain(
          originAt(frame, expression),
          'inventory/wrong-type',
          `${describe(value)} has no text to put into this template`,
        );
      text += part + literal.text;
      if (text.length > maxText || !this.spend(text.length >> 4, origin)) break;
    }
    return this.primitive(text, origin);
  }

  // Access and calls

  private propertyAccess(node: ts.PropertyAccessExpression, origin: Origin, frame: Frame): Value {
    const known =
      ts.isIdentifier(node.expression) && !this.isBound(node.expression.text, frame)
        ? staticFunction(node.expression.text, node.name.text)
        : undefined;
    if (known) return { kind: 'function', origin, apply: (values, call) => known(this, values, call) };
    const target = this.evaluate(node.expression, frame);
    return this.endedOf(target, node, origin) ?? this.fieldOf(target, node.name.text, originAt(frame, node.name));
  }

  private elementAccess(node: ts.ElementAccessExpression, origin: Origin, frame: Frame): Value {
    const target = this.evaluate(node.expression, frame);
    const ended = this.endedOf(target, node, origin);
    if (ended) return ended;
    const index = this.evaluate(node.argumentExpression, frame);
    if (index.kind === 'failed') return index;
    const key = textOf(index);
    if (key === undefined) return this.complain(index.origin, 'inventory/wrong-type', `${describe(index)} is neither a key nor an index`);
    return this.fieldOf(target, key, originAt(frame, node.argumentExpression));
  }

  /** What an optional chain comes to when its beginning is absent; undefined when it goes on. */
  private endedOf(
    target: Value,
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression,
    origin: Origin,
  ): PrimitiveValue | undefined {
    if (target.kind !== 'primitive' || (target.value !== undefined && target.value !== null)) return undefined;
    const ends = node.questionDotToken !== undefined || (target.ended === true && (node.flags & ts.NodeFlags.OptionalChain) !== 0);
    return ends ? { kind: 'primitive', value: undefined, origin, ended: true } : undefined;
  }

  /** A field of an object, an item of a list, a character of a text; undefined where there is none. */
  private fieldOf(target: Value, key: string, origin: Origin): Value {
    if (target.kind === 'failed') return target;
    if (isReservedKey(key)) return this.complain(origin, 'inventory/reserved-key', `${quote(key)} is not a field`);
    if (target.kind === 'object') return target.fields.get(key)?.value ?? this.absentField(target, key, origin);
    if (target.kind === 'function') return this.complain(origin, 'inventory/wrong-type', 'a function has no fields', 'Call it.');
    const whole = target.kind === 'list' ? target.items : target.value;
    if (whole === undefined || whole === null)
      return this.complain(
        origin,
        'inventory/wrong-type',
        `${whole} has no field ${quote(key)}`,
        'Where it may be absent, write `?.` and `??`.',
      );
    if (typeof whole !== 'string' && typeof whole !== 'object')
      return this.complain(origin, 'inventory/wrong-type', `${describe(target)} has no fields`);
    if (key === 'length') return this.primitive(whole.length, origin);
    if (/^(0|[1-9][0-9]*)$/.test(key)) {
      const item = whole[Number(key)];
      return typeof item === 'object' ? item : this.primitive(item, origin);
    }
    return this.unknownMethod(target, key, origin);
  }

  private absentField(target: ObjectValue, key: string, origin: Origin): Value {
    if (target.incomplete) return { kind: 'failed', origin };
    if (target.module === undefined) return this.primitive(undefined, origin);
    return this.complain(
      origin,
      'inventory/missing-export',
      `${target.module} exports no ${quote(key)}`,
      didYouMean(key, [...target.fields.keys()]),
    );
  }

  private unknownMethod(target: Value, name: string, origin: Origin): Value {
    const isList = target.kind === 'list';
    const methods = isList ? listMethodNames() : textMethodNames();
    return this.complain(
      origin,
      'inventory/not-static',
      `${isList ? 'a list' : 'a text'} of the inventory has no ${quote(name)}`,
      `There are: ${methods.join(', ')}.`,
    );
  }

  private callExpression(node: ts.CallExpression, origin: Origin, frame: Frame): Value {
    const callee = node.expression;
    if (ts.isPropertyAccessExpression(callee) && !this.isStatic(callee, frame)) {
      const target = this.evaluate(callee.expression, frame);
      const ended = this.endedOf(target, callee, origin);
      if (ended) return ended;
      if (target.kind === 'list' || (target.kind === 'primitive' && typeof target.value === 'string')) {
        const values = this.items(node.arguments, frame);
        const name = callee.name.text;
        const result =
          target.kind === 'list'
            ? callListMethod(this, target, name, values, origin)
            : callTextMethod(this, target.value as string, name, values, origin);
        return result ?? this.unknownMethod(target, name, originAt(frame, callee.name));
      }
      return this.callValue(this.fieldOf(target, callee.name.text, originAt(frame, callee.name)), node, origin, frame);
    }
    return this.callValue(this.evaluate(callee, frame), node, origin, frame);
  }

  private callValue(callee: Value, node: ts.CallExpression, origin: Origin, frame: Frame): Value {
    const ended = this.endedOf(callee, node, origin);
    if (ended) return ended;
    const values = this.items(node.arguments, frame);
    if (callee.kind === 'failed') return { kind: 'failed', origin };
    if (callee.kind !== 'function')
      return this.complain(originAt(frame, node.expression), 'inventory/wrong-type', `${describe(callee)} is not a function`);
    return callee.apply(values, origin);
  }

  /** `Object.keys` and its like, unless the inventory has a name of its own for `Object`. */
  private isStatic({ expression, name }: ts.PropertyAccessExpression, frame: Frame): boolean {
    return ts.isIdentifier(expression) && !this.isBound(expression.text, frame) && staticFunction(expression.text, name.text) !== undefined;
  }

  // Operators

  private prefix(node: ts.PrefixUnaryExpression, origin: Origin, frame: Frame): Value {
    const value = this.evaluate(node.operand, frame);
    if (value.kind === 'failed') return value;
    if (node.operator === SyntaxKind.ExclamationToken) return this.primitive(!isTruthy(value), origin);
    if (value.kind !== 'primitive' || typeof value.value !== 'number')
      return this.complain(origin, 'inventory/wrong-type', `${describe(value)} is not a number`, 'Write `Number(…)` to convert a text.');
    return this.primitive(node.operator === SyntaxKind.MinusToken ? -value.value : value.value, origin);
  }

  private binary({ left, operatorToken, right }: ts.BinaryExpression, origin: Origin, frame: Frame): Value {
    const a = this.evaluate(left, frame);
    const operator = operatorToken.kind;
    if (
      operator === SyntaxKind.AmpersandAmpersandToken ||
      operator === SyntaxKind.BarBarToken ||
      operator === SyntaxKind.QuestionQuestionToken
    ) {
      if (a.kind === 'failed') return a;
      const isAbsent = a.kind === 'primitive' && (a.value === undefined || a.value === null);
      const stays = operator === SyntaxKind.QuestionQuestionToken ? !isAbsent : isTruthy(a) === (operator === SyntaxKind.BarBarToken);
      return stays ? a : this.evaluate(right, frame);
    }
    const b = this.evaluate(right, frame);
    if (a.kind === 'failed') return a;
    if (b.kind === 'failed') return b;
    if (operator === SyntaxKind.EqualsEqualsEqualsToken) return this.primitive(isSame(a, b), origin);
    if (operator === SyntaxKind.ExclamationEqualsEqualsToken) return this.primitive(!isSame(a, b), origin);
    const [x, y] = [a, b].map((value) => (value.kind === 'primitive' ? value.value : undefined));
    const result = typeof x === 'number' && typeof y === 'number' ? arithmetic(operator, x, y) : this.textOperator(operator, x, y, origin);
    if (result !== undefined) return this.primitive(result, origin);
    const name = ts.tokenToString(operator);
    return this.complain(
      origin,
      'inventory/wrong-type',
      `\`${name}\` cannot take ${describe(a)} and ${describe(b)}`,
      'Both sides are numbers, or texts.',
    );
  }

  private textOperator(operator: ts.SyntaxKind, x: Primitive, y: Primitive, origin: Origin): string | boolean | undefined {
    const isText = (value: Primitive): value is string => typeof value === 'string';
    if (
      operator === SyntaxKind.PlusToken &&
      (isText(x) || isText(y)) &&
      [x, y].every((value) => isText(value) || typeof value === 'number')
    ) {
      const text = `${x}${y}`;
      return this.spend(text.length >> 4, origin) ? text : '';
    }
    return isText(x) && isText(y) ? comparison(operator, x, y) : undefined;
  }
}

const originAt = ({ source, call }: Frame, node: ts.Node): Origin => ({ source, node, call });

function arithmetic(operator: ts.SyntaxKind, x: number, y: number): number | boolean | undefined {
  switch (operator) {
    case SyntaxKind.PlusToken:
      return x + y;
    case SyntaxKind.MinusToken:
      return x - y;
    case SyntaxKind.AsteriskToken:
      return x * y;
    case SyntaxKind.SlashToken:
      return x / y;
    case SyntaxKind.PercentToken:
      return x % y;
    case SyntaxKind.AsteriskAsteriskToken:
      return x ** y;
    default:
      return comparison(operator, x, y);
  }
}

function comparison<T extends string | number>(operator: ts.SyntaxKind, x: T, y: T): boolean | undefined {
  switch (operator) {
    case SyntaxKind.LessThanToken:
      return x < y;
    case SyntaxKind.LessThanEqualsToken:
      return x <= y;
    case SyntaxKind.GreaterThanToken:
      return x > y;
    case SyntaxKind.GreaterThanEqualsToken:
      return x >= y;
    default:
      return undefined;
  }
}

/** The syntax of a file; undefined when it is nested deeper than the parser can go. */
function parsed(path: string, text: string): ts.SourceFile | undefined {
  try {
    return ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ESNext }, false, ts.ScriptKind.TS);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function depthOver(values: readonly Value[]): number {
  let depth = 0;
  for (const value of values) if ('depth' in value && value.depth > depth) depth = value.depth;
  return depth + 1;
}

const isExported = (node: ts.VariableStatement | ts.FunctionDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword) ?? false;

const isDefault = (node: ts.FunctionDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === SyntaxKind.DefaultKeyword) ?? false;

/** The names that a list of declarations binds. */
function namesOf(list: ts.VariableDeclarationList): readonly ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const collect = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name);
    else for (const element of name.elements) if (ts.isBindingElement(element)) collect(element.name);
  };
  for (const { name } of list.declarations) collect(name);
  return names;
}

/** The names of a statement that was refused: that they have no value was said already. */
function declaredNames(statement: ts.Statement): readonly ts.Identifier[] {
  if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement) || ts.isImportEqualsDeclaration(statement))
    return statement.name ? [statement.name] : [];
  if (ts.isModuleDeclaration(statement)) return ts.isIdentifier(statement.name) ? [statement.name] : [];
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
  if (!clause) return [];
  const { name, namedBindings } = clause;
  const named = namedBindings && (ts.isNamedImports(namedBindings) ? namedBindings.elements : [namedBindings]);
  return [...(name ? [name] : []), ...(named ?? []).map((element) => element.name)];
}

function visibleNames(scope: Scope | undefined): string[] {
  return scope ? [...scope.names.keys(), ...visibleNames(scope.parent)] : [];
}

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
