// Puts the public declarations of the client into one file, for editors of pages without Node: the
// public names of index.d.ts, and what they need. It reads what the compiler writes, where each
// statement begins at the start of a line and all that is inside of it is indented.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const WORD = /[A-Za-z_$][\w$]*/g;
const DECLARED =
  /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|const|function|namespace) ([\w$]+)/;
const INLINE = /import\("(.+?)"\)\.([\w$]+)/g;
const IMPORT = /^(import|export) (?:type )?\{([^}]*)\} from "(.+)";$/;

/** The statements of a file, each with the comment before it. */
function statementsOf(text) {
  const found = [];
  let comment = "";
  for (const part of text.split(/^(?=\/\*\*|[a-z])/m)) {
    if (part.startsWith("/**")) comment = part;
    else {
      found.push((comment + part).trimEnd());
      comment = "";
    }
  }
  return found.filter(Boolean);
}

function codeOf(statement) {
  return statement.replace(/\/\*\*[\s\S]*?\*\//g, "").trim();
}

/** What a file declares, and where else the names come from that it uses. */
function readModule(file) {
  const declared = new Map();
  const elsewhere = new Map();
  const exported = [];
  for (const statement of statementsOf(readFileSync(file, "utf8"))) {
    const code = codeOf(statement);
    const sourceOf = (path) => join(dirname(file), path.replace(/\.js$/, ".d.ts"));
    const [, kind, list, from] = IMPORT.exec(code) ?? [];
    const name = DECLARED.exec(code)?.[1];
    if (from !== undefined) {
      const names = list.split(",").map((entry) => entry.trim().replace(/^type /, ""));
      for (const one of names.filter(Boolean)) elsewhere.set(one, sourceOf(from));
      if (kind === "export") exported.push(...names.filter(Boolean));
    } else if (name !== undefined) {
      for (const [, path, word] of code.matchAll(INLINE)) elsewhere.set(word, sourceOf(path));
      declared.set(name, statement.replaceAll(INLINE, "$2"));
      if (code.startsWith("export")) exported.push(name);
    }
  }
  return { declared, elsewhere, exported };
}

/** The text of one declaration file with the public names of an entry point. */
export function rollUp(entry, head) {
  const modules = new Map();
  const moduleOf = (file) => {
    if (!modules.has(file)) modules.set(file, readModule(file));
    return modules.get(file);
  };
  const places = new Map();
  const take = (name, file) => {
    const { declared, elsewhere } = moduleOf(file);
    if (!declared.has(name)) {
      if (elsewhere.has(name)) take(name, elsewhere.get(name));
      return;
    }
    if (places.has(name)) {
      if (places.get(name) !== file) throw new Error(`${name} is declared twice; rename one`);
      return;
    }
    places.set(name, file);
    for (const [word] of codeOf(declared.get(name)).matchAll(WORD)) take(word, file);
  };
  const { exported } = moduleOf(entry);
  for (const name of exported) take(name, entry);
  for (const name of exported) if (!places.has(name)) throw new Error(`${name} is not declared`);
  const texts = [...places].map(([name, file]) => {
    const statement = moduleOf(file).declared.get(name);
    return exported.includes(name) ? statement : statement.replace(/^export /m, "");
  });
  return `${head}\n${texts.join("\n\n")}\n\nexport default pytron;\n`;
}
