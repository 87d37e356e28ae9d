/** A value of a dumped row, as text; numbers too. */
type Value = string | null;
export type Row = Readonly<Record<string, Value>>;

const ESCAPES: Record<string, string> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001A' };
const WORD = /[\w$@]+/y;
const NUMBER = /-?(?:0x[\da-f]+|[\d.]+(?:e[+-]?\d+)?)/iy;

/** Not a dump, or one that breaks off: nothing of it is used. */
export class BrokenDump extends Error {}

/**
 * The rows that a mysqldump file inserts into some tables. It reads CREATE TABLE for the order of columns and
 * INSERT INTO for the rows, steps over every other statement, and runs nothing.
 */
export function readDump(sql: string, isWanted: (table: string) => boolean): Map<string, Row[]> {
  const reader = new DumpReader(sql);
  const columns = new Map<string, string[]>();
  const tables = new Map<string, Row[]>();
  for (let word = reader.statement(); word !== undefined; word = reader.statement()) {
    if (word === 'CREATE' && reader.takes('TABLE')) {
      reader.takes('IF', 'NOT', 'EXISTS');
      const table = reader.name();
      if (isWanted(table)) columns.set(table, reader.columns());
    } else if (word === 'INSERT') {
      reader.takes('IGNORE');
      reader.takes('INTO');
      const table = reader.name();
      if (isWanted(table)) {
        const rows = tables.get(table) ?? [];
        tables.set(table, rows);
        const named = reader.names() ?? columns.get(table) ?? [];
        for (const values of reader.rows()) {
          if (values.length !== named.length) throw new BrokenDump();
          rows.push(Object.fromEntries(named.map((column, index) => [column, values[index]!])));
        }
      }
    }
    reader.toEnd();
  }
  return tables;
}

/** Walks through SQL text one token at a time: a quote inside of text or a comment ends nothing. */
class DumpReader {
  readonly #sql: string;
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** The first word of the next statement, in capitals; '' where it begins with something else. */
  statement(): string | undefined {
    this.#space();
    while (this.#sql[this.#at] === ';') {
      this.#at += 1;
      this.#space();
    }
    return this.#at < this.#sql.length ? (this.#word() ?? '') : undefined;
  }

  /** True, and past them, if these words come next. */
  takes(...words: string[]): boolean {
    const before = this.#at;
    if (words.every((word) => this.#word() === word)) return true;
    this.#at = before;
    return false;
  }

  /** A table's or column's name; of `database`.`table` the last part. */
  name(): string {
    let name: string | undefined;
    do {
      this.#space();
      name = this.#sql[this.#at] === '`' ? this.#quoted('`') : this.#match(WORD);
      if (name === undefined) throw new BrokenDump();
    } while (this.#skips('.'));
    return name;
  }

  /** A list of names in brackets, if one comes next. */
  names(): string[] | undefined {
    if (!this.#skips('(')) return undefined;
    const names = [this.name()];
    while (this.#skips(',')) names.push(this.name());
    this.#require(')');
    return names;
  }

  /** The columns of CREATE TABLE: what stands in backticks at the start of a line of the list. */
  columns(): string[] {
    this.#require('(');
    const columns: string[] = [];
    do {
      this.#space();
      if (this.#sql[this.#at] === '`') columns.push(this.#quoted('`'));
      this.#toNextOf([',', ')']);
    } while (this.#skips(','));
    this.#require(')');
    return columns;
  }

  /** The rows after VALUES. */
  *rows(): Generator<Value[]> {
    if (!this.takes('VALUES')) throw new BrokenDump();
    do {
      this.#require('(');
      const values = [this.#value()];
      while (this.#skips(',')) values.push(this.#value());
      this.#require(')');
      yield values;
    } while (this.#skips(','));
  }

  /** Past the end of this statement. */
  toEnd(): void {
    this.#toNextOf([';']);
  }

  #value(): Value {
    for (;;) {
      this.#space();
      const sign = this.#sql[this.#at];
      if (sign === "'" || sign === '"') return this.#quoted(sign);
      const number = this.#match(NUMBER);
      if (number !== undefined) return number;
      const word = this.#word();
      if (word === 'NULL') return null;
      // _binary '...', b'0'
      if (word !== undefined && this.#sql[this.#at] === "'") return this.#quoted("'");
      if (!word?.startsWith('_')) throw new BrokenDump();
    }
  }

  /** Text between quotes: backslash escapes and doubled quotes are MySQL's. */
  #quoted(quote: string): string {
    let text = '';
    let from = this.#at + 1;
    for (let at = from; at < this.#sql.length; at++) {
      const sign = this.#sql[at]!;
      if (sign === '\\' && quote !== '`') {
        const escaped = this.#sql[at + 1] ?? '';
        text += this.#sql.slice(from, at) + (ESCAPES[escaped] ?? escaped);
        at += 1;
        from = at + 1;
      } else if (sign === quote && this.#sql[at + 1] === quote) {
        text += this.#sql.slice(from, at + 1);
        at += 1;
        from = at + 1;
      } else if (sign === quote) {
        this.#at = at + 1;
        return text + this.#sql.slice(from, at);
      }
    }
    throw new BrokenDump();
  }

  /** To one of these signs outside of brackets, text and comments, or to the end of the file; nothing brackets a semicolon. */
  #toNextOf(signs: readonly string[]): void {
    let depth = 0;
    for (this.#space(); this.#at < this.#sql.length; this.#space()) {
      const sign = this.#sql[this.#at]!;
      if (signs.includes(sign) && (depth === 0 || sign === ';')) return;
      if (sign === "'" || sign === '"' || sign === '`') {
        this.#quoted(sign);
        continue;
      }
      if (sign === '(') depth += 1;
      if (sign === ')') depth -= 1;
      this.#at += 1;
    }
  }

  /** Past white space and comments. What MySQL alone runs, /*! ... *\/, is a comment to us. */
  #space(): void {
    for (;;) {
      const sign = this.#sql[this.#at];
      if (sign === undefined) return;
      if (/\s/.test(sign)) this.#at += 1;
      else if (sign === '#' || (sign === '-' && /^--(\s|$)/.test(this.#sql.slice(this.#at, this.#at + 3))))
        this.#past('\n');
      else if (sign === '/' && this.#sql[this.#at + 1] === '*') this.#past('*/');
      else return;
    }
  }

  #past(mark: string): void {
    const at = this.#sql.indexOf(mark, this.#at);
    this.#at = at === -1 ? this.#sql.length : at + mark.length;
  }

  #skips(sign: string): boolean {
    this.#space();
    if (this.#sql[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #require(sign: string): void {
    if (!this.#skips(sign)) throw new BrokenDump();
  }

  #word(): string | undefined {
    this.#space();
    return this.#match(WORD)?.toUpperCase();
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#sql)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
