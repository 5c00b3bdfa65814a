import { session } from './auth/session';
import { repeatUntilAnswered } from './http/backoff';
import { asFailure, Failure } from './http/failure';
import { send } from './hooks';
import { Store } from './store';

/** A photograph on its way from this page into the shop. Once it has an id, the shop knows it. */
export interface Upload {
  key: string;
  name: string;
  bytes: number;
  stage: 'waiting' | 'uploading' | 'sent' | 'failed';
  /** The share of the bytes that storage has received, from 0 to 1. */
  progress: number;
  id: string | null;
  failure: Failure | null;
}

interface Offer {
  id: string;
  uploadUrl: string;
  headers: Record<string, string>;
}

export const uploads = new Store<readonly Upload[]>(remembered());

/** The limit of `POST /api/images` (`Images:MaxPostedBytes`). */
const mostPostedBytes = 8_000_000;

/** The number of files that are sent at the same time. More would only divide the same connection. */
const concurrency = 3;
const waiting: { key: string; file: File }[] = [];
let running = 0;

export function add(files: Iterable<File>): void {
  const added = [...files].map((file) => ({ key: crypto.randomUUID(), file }));
  uploads.set([
    ...added.map(({ key, file }): Upload => ({ key, name: file.name, bytes: file.size, stage: 'waiting', progress: 0, id: null, failure: null })),
    ...uploads.value,
  ]);
  waiting.push(...added);
  next();
}

export function forget(key: string): void {
  uploads.set(uploads.value.filter((upload) => upload.key !== key));
  remember();
}

function next(): void {
  while (running < concurrency && waiting.length > 0) {
    const { key, file } = waiting.shift()!;
    running++;
    void transfer(key, file).finally(() => {
      running--;
      next();
    });
  }
}

async function transfer(key: string, file: File): Promise<void> {
  try {
    update(key, { stage: 'uploading' });
    const { body: offer } = await repeatUntilAnswered(
      () => send<Offer>('POST', '/api/uploads', { contentType: file.type || 'application/octet-stream', bytes: file.size }, { 'Idempotency-Key': key }), { most: 4 });
    const onProgress = (progress: number) => update(key, { progress });
    let { id } = offer;
    try {
      // The bytes go directly to storage. PUT has the same effect when it is repeated.
      await repeatUntilAnswered(() => transmit('PUT', offer.uploadUrl, offer.headers, file, onProgress), { most: 3 });
      await repeatUntilAnswered(() => send('POST', `/api/uploads/${encodeURIComponent(offer.id)}/complete`), { most: 5 });
    } catch (error) {
      if (asFailure(error).status !== 0 || !navigator.onLine || file.size > mostPostedBytes) {
        throw error;
      }

      // Storage may not allow this page (CORS), as an Azurite that was started by hand. The app itself takes small photographs.
      const headers = { Authorization: `Bearer ${await session.token()}`, 'Content-Type': file.type, 'Idempotency-Key': `${key}-posted` };
      id = (JSON.parse(await transmit('POST', '/api/images', headers, file, onProgress)) as { id: string }).id;
    }

    update(key, { stage: 'sent', progress: 1, id });
    remember();
  } catch (error) {
    update(key, { stage: 'failed', failure: asFailure(error) });
  }
}

/** Sends the file with XMLHttpRequest, because fetch does not report the progress of a request. */
function transmit(
  method: 'PUT' | 'POST', url: string, headers: Record<string, string>, file: File, onProgress: (progress: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }

    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(request.responseText);
      } else {
        reject(new Failure('The photograph was refused', `The answer to the upload has status ${request.status}.`, request.status));
      }
    };
    request.onerror = () => reject(Failure.noAnswer());
    request.send(file);
  });
}

function update(key: string, change: Partial<Upload>): void {
  uploads.set(uploads.value.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));
}

const memory = 'photographs';

/** Remembers the ids of this tab's photographs, because the API has no list of images. */
function remember(): void {
  const known = uploads.value.filter((upload) => upload.id !== null).slice(0, 60);
  sessionStorage.setItem(memory, JSON.stringify(known.map(({ id, name, bytes }) => ({ id, name, bytes }))));
}

function remembered(): Upload[] {
  try {
    const known = JSON.parse(sessionStorage.getItem(memory) ?? '[]') as { id: string; name: string; bytes: number }[];
    return known.map(({ id, name, bytes }) => ({ key: id, name, bytes, stage: 'sent', progress: 1, id, failure: null }));
  } catch {
    return [];
  }
}
