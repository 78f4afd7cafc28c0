// Turns TypeScript into JavaScript. The compiler is trusted and preloaded, what it reads is not.
import ts from "typescript-js";

export interface Transpiled {
  readonly code: string;
  readonly problems: readonly string[];
}

export function transpile(source: string): Transpiled {
  const { outputText, diagnostics = [] } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return {
    code: outputText,
    problems: diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  };
}
