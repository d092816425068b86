# records.py
# Decodes event files (TFRecord) and the fields of protocol buffers in plain Python; the only decoder of these tools.

import pathlib
import struct

# A record: its length, the length's checksum, the payload, the payload's checksum.
HEAD, FRAME = 12, 16


def scanned(data):
    """Yields where each whole record ends, and its payload. A torn record at the end is left out; checksums are not read."""
    at = 0
    while len(data) - at >= FRAME:
        (length,) = struct.unpack_from("<Q", data, at)
        if at + FRAME + length > len(data):
            return
        yield at + FRAME + length, data[at + HEAD:at + HEAD + length]
        at += FRAME + length


def records(path):
    """Yields the payload of each whole record of an event file."""
    for _, payload in scanned(pathlib.Path(path).read_bytes()):
        yield payload


def count(path):
    """The number of records of an event file, or None if its last record is torn."""
    data, end, number = pathlib.Path(path).read_bytes(), 0, 0
    for end, _ in scanned(data):
        number += 1
    return number if end == len(data) else None


def record(payload):
    """A payload in its frame."""
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked_checksum(length)) + payload + struct.pack("<I", masked_checksum(payload))


def table():
    for index in range(256):
        for _ in range(8):
            index = index >> 1 ^ (0x82F63B78 if index & 1 else 0)
        yield index


TABLE = list(table())


def masked_checksum(data):
    """CRC-32C, rotated and offset."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


# Protocol buffers


def varint(value):
    data = b""
    while value > 127:
        data, value = data + bytes([value & 127 | 128]), value >> 7
    return data + bytes([value])


def delimited(number, data):
    """A field of bytes, a text or a message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """Yields the fields of a message: numbers, and values as integers or bytes."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        if key & 7 == 0:
            value, at = read_varint(data, at)
        else:
            length, at = {1: (8, at), 5: (4, at)}.get(key & 7) or read_varint(data, at)
            value, at = data[at:at + length], at + length
        yield key >> 3, value


def field(data, number, default=b""):
    """The first field of that number."""
    return next((value for key, value in fields(data) if key == number), default)
