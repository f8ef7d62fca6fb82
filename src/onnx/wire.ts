/**
 * Walks a protobuf file field by field without reading the fields' contents, so that gigabytes of weights are passed over.
 * Wire format: https://protobuf.dev/programming-guides/encoding. What is read is decoded by the protobuf library.
 */
import * as fs from 'node:fs';

/** One field of a message: where its tag and its content lie in the file, in bytes. */
export interface WireField {
  readonly number: number;
  readonly wireType: 0 | 1 | 2 | 5;
  /** First byte of the tag. */
  readonly start: number;
  /** First byte of the content (after the length, for wire type 2). */
  readonly contentStart: number;
  /** First byte after the field. */
  readonly end: number;
}

/** The bytes are not a well-formed protobuf message. `truncated`: a field ends after the file does. */
export class WireError extends Error {
  constructor(
    message: string,
    readonly truncated: boolean,
  ) {
    super(message);
  }
}

const WINDOW = 1 << 16;

/** Random access to a file through one buffered window. */
export class FileReader {
  private readonly window = Buffer.alloc(WINDOW);
  private windowStart = 0;
  private windowLength = 0;

  /** `fd` stays the caller's to close; `size` is the file's length in bytes. */
  constructor(
    private readonly fd: number,
    readonly size: number,
  ) {}

  byte(position: number): number {
    if (position >= this.size) throw new WireError('the file ends in the middle of a field', true);
    if (position < this.windowStart || position >= this.windowStart + this.windowLength) {
      this.windowStart = position;
      this.windowLength = fs.readSync(this.fd, this.window, 0, WINDOW, position);
      if (this.windowLength === 0) throw new WireError('the file became shorter while it was read', true);
    }
    return this.window[position - this.windowStart];
  }

  /** The bytes from `start` up to `end`, copied. */
  bytes(start: number, end: number): Uint8Array {
    if (end > this.size) throw new WireError('the file ends in the middle of a field', true);
    const target = Buffer.alloc(end - start);
    for (let done = 0; done < target.length; ) {
      const read = fs.readSync(this.fd, target, done, target.length - done, start + done);
      if (read === 0) throw new WireError('the file became shorter while it was read', true);
      done += read;
    }
    return target;
  }

  /** A base-128 varint of at most 2^53. */
  varint(position: number): { value: number; end: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte(position + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, end: position + i + 1 };
    }
    throw new WireError('a number has more than ten bytes', false);
  }
}

/** The fields of the message that lies from `start` to `end`, in file order. Throws {@link WireError}. */
export function* fieldsOf(reader: FileReader, start: number, end: number): Generator<WireField> {
  for (let position = start; position < end; ) {
    const tag = reader.varint(position);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (number === 0 || number > 0x1fffffff) throw new WireError(`field number ${number} is not allowed`, false);
    let contentStart = tag.end;
    let fieldEnd: number;
    switch (wireType) {
      case 0:
        fieldEnd = reader.varint(contentStart).end;
        break;
      case 1:
        fieldEnd = contentStart + 8;
        break;
      case 2: {
        const length = reader.varint(contentStart);
        contentStart = length.end;
        fieldEnd = contentStart + length.value;
        break;
      }
      case 5:
        fieldEnd = contentStart + 4;
        break;
      default:
        throw new WireError(`wire type ${wireType} is not allowed`, false);
    }
    if (fieldEnd > end) throw new WireError('a field is longer than what holds it', fieldEnd > reader.size);
    yield { number, wireType, start: position, contentStart, end: fieldEnd };
    position = fieldEnd;
  }
}
