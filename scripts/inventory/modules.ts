// The files of the inventory as modules: what they import from and export to each other.

import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { namesOf, runConst } from './bindings.ts';
import { depthOver, type Evaluator } from './evaluator.ts';
import { type Frame, originAt } from './frame.ts';
import { functionValue } from './functions.ts';
import { type Module, parseModule } from './module.ts';
import { nameValue } from './names.ts';
import { didYouMean } from './suggest.ts';
import { type Origin, quote, type Value } from './values.ts';

const { SyntaxKind } = ts;

/** Evaluates each file once, when it is first asked for. */
export class Modules {
  private readonly sources: ReadonlyMap<string, string>;
  private readonly run: Evaluator;
  private readonly known = new Map<string, Module>();

  constructor(sources: ReadonlyMap<string, string>, run: Evaluator) {
    this.sources = sources;
    this.run = run;
  }

  at(path: string): Module {
    const known = this.known.get(path);
    if (known) return known;
    const module = parseModule(this.run, path, this.sources.get(path) as string);
    this.known.set(path, module);
    if (module.state === 'waiting') {
      module.state = 'running';
      this.runModule(module);
      module.state = 'done';
    }
    return module;
  }

  private runModule(module: Module): void {
    const { source, refused, exports } = module;
    const frame: Frame = { source, refused, scope: { names: new Map(), parent: undefined }, call: undefined };
    const { statements } = source;
    for (const statement of statements) this.declare(statement, module, frame);
    for (const statement of statements) if (ts.isImportDeclaration(statement) && !refused.has(statement)) this.runImport(statement, frame);
    for (const statement of statements) {
      if (ts.isVariableStatement(statement)) {
        runConst(this.run, statement.declarationList, frame);
        if (isExported(statement))
          for (const name of namesOf(statement.declarationList))
            this.export(exports, name.text, nameValue(this.run, name, frame), name, frame);
      } else if (ts.isFunctionDeclaration(statement) && isExported(statement)) {
        const name = isDefault(statement) ? 'default' : statement.name?.text;
        if (name) this.export(exports, name, functionValue(this.run, statement, frame), statement.name ?? statement, frame);
      } else if (ts.isExportAssignment(statement) && !refused.has(statement))
        this.export(exports, 'default', this.run.evaluate(statement.expression, frame), statement, frame);
      else if (ts.isExportDeclaration(statement) && !statement.isTypeOnly && !refused.has(statement))
        this.runExport(statement, exports, frame);
    }
  }

  /** Makes the names of a statement known before their values are: functions at once, the rest when it is their turn. */
  private declare(statement: ts.Statement, module: Module, frame: Frame): void {
    const { names } = frame.scope;
    if (ts.isFunctionDeclaration(statement)) {
      if (statement.name) names.set(statement.name.text, functionValue(this.run, statement, frame));
    } else if (ts.isVariableStatement(statement)) for (const name of namesOf(statement.declarationList)) names.set(name.text, undefined);
    else if (module.refused.has(statement))
      for (const name of declaredNames(statement)) names.set(name.text, { kind: 'failed', origin: originAt(frame, name) });
  }

  private export(exports: Map<string, Value>, name: string, value: Value, node: ts.Node, frame: Frame): void {
    if (exports.has(name))
      this.run.complain(
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
      const value = statement.moduleSpecifier ? this.exportOf(from, local, frame) : nameValue(this.run, local, frame);
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
      this.run.complain(
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
      this.run.complain(
        at,
        'inventory/import',
        `${quote(text)} leaves clusters/`,
        'Only files under clusters/ can be imported. For types, write `import type`.',
      );
      return undefined;
    }
    if (!this.sources.has(candidate)) {
      const known = [...this.sources.keys()].filter((other) => other !== fileName).map((other) => relative(fileName, other));
      this.run.complain(at, 'inventory/missing-file', `there is no file ${candidate}`, didYouMean(text, known));
      return undefined;
    }
    const module = this.at(candidate);
    if (module.state !== 'running') return module;
    this.run.complain(at, 'inventory/import-cycle', `${candidate} imports this file in turn`, 'Move what both need into a third file.');
    return undefined;
  }

  private exportOf(module: Module | undefined, node: ts.ModuleExportName, frame: Frame, name = node.text): Value {
    const at: Origin = originAt(frame, node);
    if (!module || module.state === 'broken') return { kind: 'failed', origin: at };
    return module.exports.get(name) ?? this.missingExport(module, name, at);
  }

  private missingExport({ source, exports }: Module, name: string, at: Origin): Value {
    const what = name === 'default' ? 'nothing by default' : `no ${quote(name)}`;
    return this.run.complain(at, 'inventory/missing-export', `${source.fileName} exports ${what}`, didYouMean(name, [...exports.keys()]));
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
}

const isExported = (node: ts.VariableStatement | ts.FunctionDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword) ?? false;

const isDefault = (node: ts.FunctionDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === SyntaxKind.DefaultKeyword) ?? false;

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

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
