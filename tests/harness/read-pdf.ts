import jsQR from 'jsqr';
import { extractImages, extractText, getDocumentProxy, getMeta } from 'unpdf';

/** What stands in a PDF, read back by a reader that knows nothing of how it was made. */
export async function readPdf(bytes: Uint8Array) {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const { text } = await extractText(document, { mergePages: true });
  const { info } = await getMeta(document);
  const { markInfo, lang } = {
    markInfo: (await document.getMarkInfo()) as { Marked?: boolean } | null,
    lang: ((await document.getMetadata()).info as { Language?: string }).Language,
  };
  const codes: string[] = [];
  let pictures = 0;
  for (let page = 1; page <= document.numPages; page += 1)
    for (const { data, width, height, channels } of await extractImages(document, page)) {
      const read = jsQR(inColours(data, channels), width, height);
      if (read === null) pictures += 1;
      else codes.push(read.data);
    }
  return {
    /** Words apart by one space, whatever line they stand on. */
    text: text.replace(/\s+/g, ' '),
    title: (info as { Title?: string }).Title,
    pages: document.numPages,
    isTagged: markInfo?.Marked === true,
    lang,
    codes,
    /** Other than codes. */
    pictures,
  };
}

/** Four channels, as the reader of codes wants them. */
function inColours(data: Uint8ClampedArray, channels: number): Uint8ClampedArray {
  if (channels === 4) return data;
  const pixels = data.length / channels;
  const colours = new Uint8ClampedArray(pixels * 4);
  for (let at = 0; at < pixels; at += 1)
    colours.set(
      [
        data[at * channels]!,
        data[at * channels + (channels > 1 ? 1 : 0)]!,
        data[at * channels + (channels > 1 ? 2 : 0)]!,
        255,
      ],
      at * 4,
    );
  return colours;
}
