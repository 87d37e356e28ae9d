import { DomUtils, parseDocument } from 'htmlparser2';

type Parent = ReturnType<typeof parseDocument>;
type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];

/** One control of a form, and all that it could be set to without typing. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly choices: readonly string[];
}

/** A form as its page shows it; one with several buttons is several. */
export interface Form {
  readonly method: 'GET' | 'POST';
  readonly action: string;
  readonly isMultipart: boolean;
  readonly fields: readonly Field[];
}

const WORDS = 'A sentence of several plain words.';
const TYPED: Readonly<Record<string, string>> = {
  date: '2026-03-02',
  time: '10:00',
  'datetime-local': '2026-03-02T10:00',
  email: 'somebody@example.test',
  number: '1',
  tel: '0113 496 0777',
  url: 'https://example.test/',
};
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/-day$/, '12'],
  [/-month$/, '3'],
  [/-year$/, '1961'],
];

/** The forms of a page, filled in as somebody in a hurry would: what is chosen stays, what is missing gets something plain. */
export function formsOf(html: string, address: string): Form[] {
  const page = parseDocument(html);
  return DomUtils.getElementsByTagName('form', page).flatMap((form) => {
    const { id, method, action = '', enctype } = form.attribs;
    const controls = controlsOf(page, form, id);
    const fields = fieldsOf(controls);
    const buttons = controls.filter(
      ({ name, attribs }) => name === 'button' && (attribs.type ?? 'submit') === 'submit',
    );
    return (buttons.length > 0 ? buttons : [undefined]).map((button): Form => {
      const { name = '', value = '', formaction } = button?.attribs ?? {};
      return {
        method: (button?.attribs.formmethod ?? method)?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        action: pathOf(formaction ?? action, address),
        isMultipart: enctype === 'multipart/form-data',
        fields: name === '' ? fields : [...fields, { name, value, type: 'button', choices: [value] }],
      };
    });
  });
}

function pathOf(action: string, address: string): string {
  const { pathname, search } = new URL(action, new URL(address, 'http://here.test'));
  return pathname + search;
}

function controlsOf(page: Parent, form: Element, id: string | undefined): Element[] {
  const named = new Set(['input', 'select', 'textarea', 'button']);
  const inside = DomUtils.filter((node) => 'name' in node && named.has(node.name), form) as Element[];
  const outside =
    id === undefined
      ? []
      : (DomUtils.filter(
          (node) => 'attribs' in node && node.attribs.form === id && named.has(node.name),
          page,
        ) as Element[]);
  return [...new Set([...inside.filter(({ attribs }) => attribs.form === undefined), ...outside])];
}

function fieldsOf(controls: readonly Element[]): Field[] {
  const fields = new Map<string, Field[]>();
  const add = (field: Field) => fields.set(field.name, [...(fields.get(field.name) ?? []), field]);
  for (const control of controls) {
    const { name, type = 'text', value, checked, disabled } = control.attribs;
    if (name === undefined || name === '' || disabled !== undefined || control.name === 'button') continue;
    if (control.name === 'select') {
      const options = DomUtils.getElementsByTagName('option', control);
      const choices = options.map((option) => option.attribs.value ?? DomUtils.textContent(option).trim());
      const chosen = options.findIndex(({ attribs }) => attribs.selected !== undefined);
      const first = choices.find((choice) => choice !== '') ?? '';
      add({ name, type: 'select', value: choices[chosen] || first, choices });
    } else if (control.name === 'textarea')
      add({ name, type: 'textarea', value: DomUtils.textContent(control).trim() || WORDS, choices: [] });
    else if (type === 'checkbox' || type === 'radio') {
      const there = fields.get(name)?.find((field) => field.type === type);
      const choice = value ?? 'on';
      if (there === undefined) add({ name, type, value: choice, choices: [choice] });
      else
        fields.set(name, [
          {
            ...there,
            value: checked === undefined ? there.value : choice,
            choices: [...there.choices, choice],
          },
        ]);
    } else if (type !== 'submit' && type !== 'file') {
      const part = PARTS.find(([pattern]) => pattern.test(name))?.[1];
      add({
        name,
        type,
        value: value || (part ?? TYPED[type] ?? (type === 'hidden' ? '' : WORDS)),
        choices: [],
      });
    }
  }
  return [...fields.values()].flat();
}
