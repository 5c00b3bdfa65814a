import { describe, expect, it } from 'vitest';
import { EventParser } from '../../lab/src/live/events';

const read = (...pieces: string[]) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.add(piece)).map(({ name, data, lastId }) => [name, data, lastId]);
};

// The streams of the first tests are the examples of WHATWG HTML section 9.2.6.
describe('a stream of server-sent events', () => {
  it('joins the data of several lines', () => expect(read('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual([['message', 'YHOO\n+2\n10', '']]));

  it('ignores comments, and keeps the id until there is another one', () =>
    expect(read(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n'))
      .toEqual([['message', 'first event', '1'], ['message', 'second event', '']]));

  it('dispatches events with empty data', () => expect(read('data\n\ndata\ndata\n\ndata:')).toEqual([['message', '', ''], ['message', '\n', '']]));

  it('omits only one space after the colon', () => expect(read('data:test\n\ndata:  test\n\n')).toEqual([['message', 'test', ''], ['message', ' test', '']]));

  it('is the same for every division into pieces', () => {
    const stream = '\uFEFFevent: state\r\ndata: {"a":1}\r\n\r\nid: 7\revent: run\rdata: x\r\r: alive\n\n';
    const expected = [['state', '{"a":1}', ''], ['run', 'x', '7']];
    for (let at = 0; at <= stream.length; at++) {
      expect(read(stream.slice(0, at), stream.slice(at))).toEqual(expected);
    }

    expect(read(...stream)).toEqual(expected);
  });

  it('forgets the name of an event without data', () => expect(read('event: state\n\ndata: x\n\n')).toEqual([['message', 'x', '']]));
});
