import { SaxesParser } from 'saxes';

const DAV = 'DAV:';
const CALDAV = 'urn:ietf:params:xml:ns:caldav';
const CALENDAR_SERVER = 'http://calendarserver.org/ns/';

/** An element, by its namespace and name. */
export interface Element {
  name: string;
  /** Its own, without those of namespaces. */
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  text: string;
}

const name = (namespace: string, local: string) => `{${namespace}}${local}`;
export const dav = (local: string) => name(DAV, local);
export const caldav = (local: string) => name(CALDAV, local);
export const calendarServer = (local: string) => name(CALENDAR_SERVER, local);

/** What a server says of one address: the properties that it found. */
export interface Response {
  href: string;
  properties: Element[];
}

const MOST_DEPTH = 60;
/** A year of a full diary has some thousands; an element of four letters takes a hundred times its size in memory. */
const MOST_ELEMENTS = 100_000;

/** Reads an answer of WebDAV (RFC 4918, 207). Throws where it is none. */
export function readMultistatus(text: string): Response[] {
  const root = readXml(text);
  if (root.name !== dav('multistatus')) throw new SyntaxError('not a multistatus');
  return all(root, dav('response')).map((response) => ({
    href: (first(response, dav('href'))?.text ?? '').trim(),
    properties: all(response, dav('propstat'))
      .filter((propstat) => / 2\d\d\b/.test(first(propstat, dav('status'))?.text ?? ' 200'))
      .flatMap((propstat) => first(propstat, dav('prop'))?.children ?? []),
  }));
}

/** The first child of that name. */
export function first(element: Element | undefined, child: string): Element | undefined {
  return element?.children.find((each) => each.name === child);
}

/** The property of that name. */
export function property({ properties }: Response, wanted: string): Element | undefined {
  return properties.find((each) => each.name === wanted);
}

function all(element: Element, child: string): Element[] {
  return element.children.filter((each) => each.name === child);
}

/** A document as a tree. Entities that a document defines for itself are an error: nothing grows out of it. */
function readXml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  let elements = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local, attributes: given }) => {
    if (open.length > MOST_DEPTH) throw new SyntaxError('too deep');
    if (++elements > MOST_ELEMENTS) throw new SyntaxError('too many');
    const attributes = Object.fromEntries(
      Object.values(given).map((attribute) => [attribute.name, attribute.value]),
    );
    const element: Element = { name: name(uri, local), attributes, children: [], text: '' };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const say = (words: string) => void (open.at(-1)!.text += words);
  parser.on('text', say);
  parser.on('cdata', say);
  parser.write(text).close();
  return root.children[0] ?? root;
}
