import { ts } from 'ts-morph';
import type { Diagnostic } from '../diagnostic.ts';
import { spanBetween } from './values.ts';

const { SyntaxKind } = ts;

/** Nesting of syntax beyond this is no inventory. It also bounds how deep the evaluation of one expression goes. */
const maxNesting = 250;

/** Syntax that is a value, or leads to one. What needs a closer look has an entry in `checks`, too. */
const allowed: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.NumericLiteral,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.NullKeyword,
  SyntaxKind.TemplateExpression,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
  SyntaxKind.TemplateSpan,
  SyntaxKind.ArrayLiteralExpression,
  SyntaxKind.ObjectLiteralExpression,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.ComputedPropertyName,
  SyntaxKind.SpreadAssignment,
  SyntaxKind.SpreadElement,
  SyntaxKind.ParenthesizedExpression,
  SyntaxKind.AsExpression,
  SyntaxKind.SatisfiesExpression,
  SyntaxKind.NonNullExpression,
  SyntaxKind.PrefixUnaryExpression,
  SyntaxKind.BinaryExpression,
  SyntaxKind.ConditionalExpression,
  SyntaxKind.PropertyAccessExpression,
  SyntaxKind.ElementAccessExpression,
  SyntaxKind.CallExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.Block,
  SyntaxKind.ReturnStatement,
  SyntaxKind.ObjectBindingPattern,
  SyntaxKind.ArrayBindingPattern,
  SyntaxKind.BindingElement,
  SyntaxKind.VariableStatement,
  SyntaxKind.VariableDeclarationList,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.ExportAssignment,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.NamedExports,
  SyntaxKind.ExportSpecifier,
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ImportClause,
  SyntaxKind.NamedImports,
  SyntaxKind.NamespaceImport,
  SyntaxKind.ImportSpecifier,
  SyntaxKind.EmptyStatement,
  SyntaxKind.ExportKeyword,
  SyntaxKind.DefaultKeyword,
]);

const binaryOperators: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.PlusToken,
  SyntaxKind.MinusToken,
  SyntaxKind.AsteriskToken,
  SyntaxKind.SlashToken,
  SyntaxKind.PercentToken,
  SyntaxKind.AsteriskAsteriskToken,
  SyntaxKind.EqualsEqualsEqualsToken,
  SyntaxKind.ExclamationEqualsEqualsToken,
  SyntaxKind.LessThanToken,
  SyntaxKind.LessThanEqualsToken,
  SyntaxKind.GreaterThanToken,
  SyntaxKind.GreaterThanEqualsToken,
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

/** What is wrong with a node, and what to write instead. */
type Complaint = readonly [what: string, instead: string];

const assignment: Complaint = ['an assignment', 'Give each value a name of its own with `const`.'];
const loop: Complaint = ['a loop', 'Make a list with `map`, `filter` or `Array.from({ length }, (_, i) => …)`.'];
const classes: Complaint = ['a class', 'Write an object, or a function that returns one.'];
const method: Complaint = ['a getter, setter or method', 'Write the value itself: `name: value`.'];

const refused: ReadonlyMap<ts.SyntaxKind, Complaint> = new Map([
  [SyntaxKind.ClassDeclaration, classes],
  [SyntaxKind.ClassExpression, classes],
  [SyntaxKind.NewExpression, ['`new`', 'Write the value itself.']],
  [SyntaxKind.AwaitExpression, ['`await`', 'Write the value itself: the inventory is never run, so it cannot wait for anything.']],
  [SyntaxKind.YieldExpression, ['`yield`', 'Make a list with `map` or `flatMap`.']],
  [SyntaxKind.ImportKeyword, ['`import()`', "Import files under clusters/ at the top: `import { name } from './_shared.ts'`."]],
  [SyntaxKind.RegularExpressionLiteral, ['a regular expression', 'Compare with `startsWith`, `endsWith`, `includes` or `split`.']],
  [SyntaxKind.BigIntLiteral, ['a bigint', 'Write a number.']],
  [SyntaxKind.TaggedTemplateExpression, ['a tagged template', 'Write a template without a tag, or call a function.']],
  [SyntaxKind.DeleteExpression, ['`delete`', 'Leave the field out: `const { field, ...rest } = object`.']],
  [SyntaxKind.TypeOfExpression, ['`typeof`', 'Compare the value itself.']],
  [SyntaxKind.VoidExpression, ['`void`', 'Write `undefined`.']],
  [SyntaxKind.ThisKeyword, ['`this`', 'Name the value with `const`.']],
  [SyntaxKind.SuperKeyword, ['`super`', 'Write the value itself.']],
  [SyntaxKind.MetaProperty, ['`import.meta` or `new.target`', 'Write the value itself.']],
  [SyntaxKind.PostfixUnaryExpression, assignment],
  [SyntaxKind.FunctionExpression, ['a function expression', 'Write an arrow function: `(name) => ({ … })`.']],
  [SyntaxKind.GetAccessor, method],
  [SyntaxKind.SetAccessor, method],
  [SyntaxKind.MethodDeclaration, method],
  [SyntaxKind.TypeAssertionExpression, ['a type assertion', 'Write `value satisfies Type`.']],
  [SyntaxKind.OmittedExpression, ['a hole in a list', 'Write `undefined`, or leave it out.']],
  [SyntaxKind.ForStatement, loop],
  [SyntaxKind.ForInStatement, loop],
  [SyntaxKind.ForOfStatement, loop],
  [SyntaxKind.WhileStatement, loop],
  [SyntaxKind.DoStatement, loop],
  [SyntaxKind.IfStatement, ['`if`', 'Write a conditional expression: `condition ? a : b`.']],
  [SyntaxKind.SwitchStatement, ['`switch`', 'Look the value up in an object: `({ a: 1, b: 2 })[key]`.']],
  [SyntaxKind.TryStatement, ['`try`', 'Write the value itself: nothing is run, so nothing throws.']],
  [SyntaxKind.ThrowStatement, ['`throw`', 'Leave it out: fleetc checks the values.']],
  [SyntaxKind.ExpressionStatement, ['a statement without a value', 'Write `const name = …` or `export default …`.']],
  [SyntaxKind.EnumDeclaration, ['an enum', 'Write an object: `const sizes = { small: 1 } as const`.']],
  [SyntaxKind.ModuleDeclaration, ['a namespace', 'Put its contents into a file, and import that.']],
  [SyntaxKind.ImportEqualsDeclaration, ['`import … =`', "Write `import { name } from './_shared.ts'`."]],
  [SyntaxKind.NamespaceExport, ['`export *`', "Name what you export: `export { name } from './_shared.ts'`."]],
  [SyntaxKind.DeclareKeyword, ['a declaration without a value', 'Give it a value with `const`.']],
  [SyntaxKind.Decorator, ['a decorator', 'Leave it out.']],
]);

const otherwise: Complaint = [
  'this syntax',
  'Write literals, `const`, imports between files of clusters/, and functions that return a value.',
];

/** Why a node is refused although its kind is allowed; `at` when a part of it is to blame. */
function check(node: ts.Node): { complaint: Complaint; at?: ts.Node } | undefined {
  if (ts.isVariableDeclarationList(node))
    return (node.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const
      ? undefined
      : { complaint: ['`let`, `var` or `using`', 'Write `const`.'] };
  if (ts.isPrefixUnaryExpression(node)) {
    const { operator } = node;
    if (operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken) return { complaint: assignment };
    return operator === SyntaxKind.TildeToken ? { complaint: ['`~`', 'Write the number itself.'] } : undefined;
  }
  if (ts.isBinaryExpression(node)) return checkOperator(node);
  if (ts.isFunctionDeclaration(node) || ts.isArrowFunction(node)) return checkFunction(node);
  if (ts.isExportAssignment(node) && node.isExportEquals) return { complaint: ['`export =`', 'Write `export default`.'] };
  if (ts.isExportDeclaration(node) && !node.exportClause) return { complaint: refused.get(SyntaxKind.NamespaceExport) as Complaint };
  if (ts.isImportDeclaration(node)) {
    if (!node.importClause)
      return { complaint: ['an import for its effect', "Name what you import: `import { name } from './_shared.ts'`."] };
    if (node.attributes) return { complaint: ['an import attribute', 'Import TypeScript files under clusters/.'], at: node.attributes };
  }
  return undefined;
}

function checkOperator({ operatorToken }: ts.BinaryExpression): { complaint: Complaint; at: ts.Node } | undefined {
  const operator = operatorToken.kind;
  if (binaryOperators.has(operator)) return undefined;
  const text = ts.tokenToString(operator) ?? 'this';
  if (operator >= SyntaxKind.FirstAssignment && operator <= SyntaxKind.LastAssignment) return { complaint: assignment, at: operatorToken };
  if (text === '==' || text === '!=') return { complaint: [`\`${text}\``, `Write \`${text}=\`.`], at: operatorToken };
  return { complaint: [`the operator \`${text}\``, 'Operators are + - * / % ** === !== < <= > >= && || ?? ! and ? :'], at: operatorToken };
}

function checkFunction(node: ts.FunctionDeclaration | ts.ArrowFunction): { complaint: Complaint; at?: ts.Node } | undefined {
  const async = node.modifiers?.find(({ kind }) => kind === SyntaxKind.AsyncKeyword);
  if (async)
    return {
      complaint: ['an async function', 'Return the value itself: the inventory is never run, so it cannot wait for anything.'],
      at: async,
    };
  if (node.asteriskToken) return { complaint: ['a generator', 'Return a list.'], at: node.asteriskToken };
  if (!node.body) return { complaint: ['a function without a body', 'Give it a body that returns a value.'] };
  if (!ts.isBlock(node.body)) return undefined;
  const { statements } = node.body;
  const last = statements.at(-1);
  const stray = statements.find(
    (statement, i) => !ts.isVariableStatement(statement) && !(i === statements.length - 1 && ts.isReturnStatement(statement)),
  );
  const shape = 'The body of a function is `const` bindings and a `return` at the end.';
  if (stray) return refused.has(stray.kind) ? undefined : { complaint: ['this statement', shape], at: stray };
  return last && ts.isReturnStatement(last) && last.expression ? undefined : { complaint: ['a function that returns nothing', shape] };
}

/** Types say nothing about values. */
function isErased(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === SyntaxKind.TypeKeyword;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node) || ts.isTypeNode(node);
}

/** `const [, second] = pair` */
const isSkipped = (node: ts.Node, child: ts.Node): boolean => ts.isArrayBindingPattern(node) && ts.isOmittedExpression(child);

const isPunctuation = ({ kind }: ts.Node): boolean => kind >= SyntaxKind.FirstPunctuation && kind <= SyntaxKind.LastPunctuation;

/** Everything in a file that would have to be run to be known. The nodes are named in `refused`: the evaluation passes them over in silence. */
export function checkGrammar(source: ts.SourceFile): {
  readonly diagnostics: readonly Diagnostic[];
  readonly refused: ReadonlySet<ts.Node>;
  readonly tooDeep: boolean;
} {
  const diagnostics: Diagnostic[] = [];
  const nodes = new Set<ts.Node>();
  let tooDeep = false;

  function refuse(node: ts.Node, [what, instead]: Complaint, at = node): void {
    nodes.add(node);
    diagnostics.push({
      code: 'inventory/not-static',
      severity: 'error',
      message: `${what} cannot be read without running it`,
      hint: instead,
      span: spanBetween(source, at.getStart(source), at.end),
    });
  }

  function visit(node: ts.Node, depth: number): void {
    if (tooDeep) return;
    if (depth > maxNesting) {
      tooDeep = true;
      diagnostics.push(tooDeepAt(source, node.getStart(source)));
    } else if (!allowed.has(node.kind)) {
      if (!isErased(node) && !isPunctuation(node)) refuse(node, refused.get(node.kind) ?? otherwise);
    } else if (!isErased(node)) {
      const found = check(node);
      if (found) refuse(node, found.complaint, found.at);
      else ts.forEachChild(node, (child) => (isSkipped(node, child) ? undefined : visit(child, depth + 1)));
    }
  }

  for (const statement of source.statements) visit(statement, 0);
  return { diagnostics, refused: nodes, tooDeep };
}

export const tooDeepAt = (source: ts.SourceFile, position: number): Diagnostic => ({
  code: 'inventory/limit',
  severity: 'error',
  message: `this is nested more than ${maxNesting} levels deep`,
  hint: 'Give the inner parts names with `const`.',
  span: spanBetween(source, position, position + 1),
});
