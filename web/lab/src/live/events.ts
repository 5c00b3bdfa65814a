/** A server-sent event. */
export interface StreamEvent {
  name: string;
  data: string;
  /** The id of the last event that had one. */
  lastId: string;
}

/**
 * Reads server-sent events (WHATWG HTML section 9.2.6) from pieces of text, whose limits need not be those of lines. `EventSource` cannot
 * send a token, so the page reads the stream itself.
 */
export class EventParser {
  #rest = '';
  #isFirst = true;
  #endedWithCr = false;
  #name = '';
  #data: string[] = [];
  #lastId = '';

  /** Adds a piece of the stream, and returns the events that it completes. */
  add(piece: string): StreamEvent[] {
    let text = piece;
    if (this.#isFirst && text.length > 0) {
      this.#isFirst = false;
      text = text.replace(/^\uFEFF/, '');
    }

    // A line ends with CR, LF or both. The piece may begin with the LF that belongs to the previous CR.
    if (this.#endedWithCr && text.startsWith('\n')) {
      text = text.slice(1);
    }

    if (piece.length > 0) {
      this.#endedWithCr = piece.endsWith('\r');
    }

    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): StreamEvent | null {
    if (line === '') {
      return this.#dispatch();
    }

    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.#name = value;
    } else if (field === 'data') {
      this.#data.push(value);
    } else if (field === 'id' && !value.includes('\0')) {
      this.#lastId = value;
    }

    return null;
  }

  #dispatch(): StreamEvent | null {
    const event = this.#data.length === 0
      ? null
      : { name: this.#name || 'message', data: this.#data.join('\n'), lastId: this.#lastId };
    this.#name = '';
    this.#data = [];
    return event;
  }
}
