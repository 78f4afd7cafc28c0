// What check-boundaries.ts needs to know about one source file, read off its syntax tree.

import { type Node, parseSync } from "oxc-parser";

export interface Reference {
  readonly specifier: string;
  readonly line: number;
  /** `locate` is `import.meta.resolve`: a path, not a module. */
  readonly kind: "import" | "locate";
  readonly names: readonly string[];
}

export interface Finding {
  readonly line: number;
  readonly text: string;
}

export interface SourceFacts {
  readonly references: readonly Reference[];
  readonly emptyCatches: readonly Finding[];
  readonly platformReads: readonly Finding[];
  readonly hostGlobals: readonly Finding[];
  readonly skippedTests: readonly Finding[];
  readonly importTimeEffects: readonly Finding[];
  readonly declarations: readonly Finding[];
}

const testFunctions = new Set(["test", "it", "describe"]);
const exportStatements = new Set(["ExportNamedDeclaration", "ExportAllDeclaration", "ImportDeclaration"]);

export function readSourceFacts(path: string, text: string): SourceFacts {
  const { program, errors, comments } = parseSync(path, text);
  const failure = errors.find(({ severity }) => severity === "Error");
  if (failure) throw new Error(`Cannot parse "${path}": ${failure.message}`);

  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  const lineOf = ({ start }: { start: number }): number => {
    let line = lineStarts.length;
    while ((lineStarts[line - 1] ?? 0) > start) line--;
    return line;
  };
  const finding = (node: Node, text: string): Finding => ({ line: lineOf(node), text });
  const hasComment = ({ start, end }: Node): boolean =>
    comments.some((comment) => comment.start > start && comment.end < end);

  const references: Reference[] = [];
  const emptyCatches: Finding[] = [];
  const platformReads: Finding[] = [];
  const hostGlobals: Finding[] = [];
  const skippedTests: Finding[] = [];
  const refer = (source: Node | null | undefined, kind: Reference["kind"], names: readonly string[] = []): void => {
    if (source?.type !== "Literal" || typeof source.value !== "string") return;
    references.push({ specifier: source.value, line: lineOf(source), kind, names });
  };

  for (const node of walk(program)) {
    switch (node.type) {
      case "ImportDeclaration":
        refer(node.source, "import", importedNames(node.specifiers));
        break;
      case "ExportAllDeclaration":
      case "ExportNamedDeclaration":
      case "ImportExpression":
        refer(node.source, "import");
        break;
      case "TSImportType":
        refer(node.source, "import");
        break;
      case "CatchClause":
        if (node.body.body.length === 0) emptyCatches.push(finding(node, "empty catch block"));
        break;
      case "CallExpression": {
        const callee = calleePath(node.callee);
        if (callee === "require") refer(node.arguments[0], "import");
        if (callee === "import.meta.resolve") refer(node.arguments[0], "locate");
        if (callee.endsWith(".catch") && node.arguments.some((argument) => isEmptyFunction(argument, hasComment))) {
          emptyCatches.push(finding(node, "empty catch handler without a reason inside"));
        }
        break;
      }
      case "MemberExpression": {
        const path = calleePath(node);
        if (path === "process.platform") platformReads.push(finding(node, path));
        if (node.object.type === "Identifier" && (node.object.name === "Bun" || node.object.name === "process")) {
          hostGlobals.push(finding(node, path));
        }
        const [head = "", ...modifiers] = path.split(".");
        const modifier = modifiers.at(-1);
        if (testFunctions.has(head) && (modifier === "only" || modifier === "todo")) {
          skippedTests.push(finding(node, path));
        }
        break;
      }
      case "VariableDeclarator":
        if (calleePath(node.init) === "process" && patternNames(node.id).includes("platform")) {
          platformReads.push(finding(node, "{ platform } = process"));
        }
        break;
    }
  }

  return {
    references,
    emptyCatches,
    platformReads,
    hostGlobals,
    skippedTests,
    importTimeEffects: program.body
      .filter((statement) => hasEffect(statement))
      .map((statement) => finding(statement, "statement with an effect at import time")),
    declarations: program.body
      .filter(
        (statement) => !exportStatements.has(statement.type) || ("declaration" in statement && statement.declaration),
      )
      .map((statement) => finding(statement, statement.type)),
  };
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** `a.b.c` for a chain of plain members, calls in between left out; anything else is "?". */
function calleePath(node: Node | null | undefined): string {
  switch (node?.type) {
    case "Identifier":
      return node.name;
    case "MetaProperty":
      return `${node.meta.name}.${node.property.name}`;
    case "MemberExpression": {
      const { property } = node;
      const name = property.type === "Literal" ? String(property.value) : "name" in property ? property.name : "?";
      return `${calleePath(node.object)}.${node.computed && property.type !== "Literal" ? "?" : name}`;
    }
    case "CallExpression":
      return calleePath(node.callee);
    default:
      return "?";
  }
}

function importedNames(specifiers: readonly Node[]): string[] {
  return specifiers.flatMap((specifier) =>
    specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier" ? [specifier.imported.name] : [],
  );
}

function patternNames(pattern: Node): string[] {
  if (pattern.type !== "ObjectPattern") return [];
  return pattern.properties.flatMap((property) =>
    property.type === "Property" && property.key.type === "Identifier" ? [property.key.name] : [],
  );
}

function isEmptyFunction(node: Node, hasComment: (node: Node) => boolean): boolean {
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression") return false;
  return node.body?.type === "BlockStatement" && node.body.body.length === 0 && !hasComment(node.body);
}

function hasEffect(statement: Node): boolean {
  if (statement.type === "ExpressionStatement") return !("directive" in statement && statement.directive);
  if (statement.type === "ImportDeclaration") return false;
  return [...walkOutsideFunctions(statement)].some(({ type }) => type === "AwaitExpression");
}

function* walkOutsideFunctions(node: Node): Generator<Node> {
  if (/Function|Class/.test(node.type)) return;
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walkOutsideFunctions(child);
  }
}
