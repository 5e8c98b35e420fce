// A copy of a certificate as a file: which form it has, and what of it is sent.

// As the platform has them: core/pdf_reading.py MAX_PDF, core/jws.py MAX_LENGTH.
export const MAX_PDF = 184_320;
export const MAX_JWS = 32_768;

const STATEMENT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A file that cannot be a copy; it is not sent anywhere. */
export class NoCopy extends Error {
  constructor(ja, en) {
    super(en);
    Object.assign(this, { ja, en });
  }
}

/** What to send of `file`: `{ pdf }` in base64, or `{ jws }`. Throws NoCopy. */
export async function copyOf(file) {
  if ((await file.slice(0, 5).text()) === "%PDF-") {
    atMost(file, MAX_PDF);
    return { pdf: await base64(file) };
  }
  if (/\.pdf$/i.test(file.name)) throw new NoCopy("PDFとして読めません。", "This is not a PDF.");
  atMost(file, MAX_JWS);
  const jws = (await file.text()).trim();
  if (!STATEMENT.test(jws)) {
    throw new NoCopy("保証証書のPDFでも署名付きデータ（.jws）でもありません。",
      "This is neither a certificate's PDF nor a signed statement (.jws).");
  }
  return { jws };
}

function atMost(file, limit) {
  if (file.size <= limit) return;
  const [size, most] = [file.size, limit].map((bytes) => `${Math.ceil(bytes / 1024).toLocaleString("en")} KB`);
  throw new NoCopy(`ファイルが大きすぎます（${size}、上限${most}）。この大きさの保証証書は発行されていません。`,
    `The file is too large (${size}; at most ${most}): no certificate is of this size.`);
}

/** The browser itself encodes, beside the page's own work, so nothing stands still meanwhile. */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new NoCopy("ファイルを読み取れませんでした。", "The file could not be read."));
    reader.readAsDataURL(file);
  });
}
