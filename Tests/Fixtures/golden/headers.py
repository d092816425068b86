# headers.py
# Writes Tests/Fixtures/golden/headers: fronts of safetensors and .npy files, and what the official readers say of each.
"""Usage: headers.py [DIRECTORY]. Made with Python 3.11, numpy 2.4.6 and safetensors 0.8.0.

Each file is a JSON list of cases. `bytes` is the whole file in hexadecimal. `tensors` (safetensors) or `array` (.npy) is what the
official reader finds, or null where it refuses the file; `says` is its reason.
"""
import io
import json
import pathlib
import re
import struct
import sys
import warnings

import numpy as np
import safetensors

HERE = pathlib.Path(__file__).resolve().parent / "headers"
EIGHT = bytes(range(8))


# safetensors


def framed(header, data=EIGHT, length=None):
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor(dtype='"F32"', shape="[2]", offsets="[0,8]", more=""):
    return '{"dtype":%s,"shape":%s,"data_offsets":%s%s}' % (dtype, shape, offsets, more)


def one(**fields):
    return framed('{"t":%s}' % tensor(**fields))


def two(first, second, data=EIGHT):
    return framed('{"a":%s,"b":%s}' % (tensor(offsets=first, shape="[1]"), tensor(offsets=second, shape="[1]")), data)


def safetensors_cases():
    yield from safetensors_frames()
    yield from safetensors_numbers()
    yield from safetensors_texts()
    yield from safetensors_types()


def safetensors_frames():
    whole = '{"t":%s}' % tensor()
    deep = lambda depth: "[" * depth + "]" * depth
    yield from {
        "whole": framed(whole), "no tensor": framed("{}", b""), "no tensor, bytes behind": framed("{}"),
        "empty header": framed("", b""), "no bytes": b"", "seven bytes": bytes(7), "zeros": bytes(64),
        "header beyond the file": framed(whole, b"", length=1000), "header of 2^63": framed(whole, length=1 << 63),
        "header of 100,000,001": framed(whole, length=100_000_001),
        # Bytes that no tensor has.
        "hole between": two("[0,4]", "[8,12]", bytes(12)), "hole in front": one(shape="[1]", offsets="[4,8]"),
        "overlap": two("[0,4]", "[2,6]"), "the same bytes twice": two("[0,4]", "[0,4]"), "in reverse": two("[4,8]", "[0,4]"),
        "bytes behind the last": framed(whole, bytes(9)), "one byte short": framed(whole, bytes(7)),
        "offsets turned round": one(offsets="[8,0]"), "empty tensors": framed(
            '{"a":%s,"b":%s,"c":%s}' % (tensor(shape="[0]", offsets="[0,0]"), tensor(), tensor(shape="[3,0]", offsets="[8,8]"))),
        "empty tensor in the middle": framed('{"a":%s,"b":%s}' % (tensor(), tensor(shape="[0]", offsets="[4,4]"))),
        # Names.
        "duplicate names": framed('{"t":%s,"t":%s}' % (tensor(shape="[1]", offsets="[0,4]"), tensor(shape="[1]", offsets="[4,8]"))),
        "duplicate names, the last alone whole": framed('{"t":%s,"t":%s}' % (tensor(shape="[1]", offsets="[0,4]"), tensor())),
        "duplicate names, equal": framed('{"t":%s,"t":%s}' % (tensor(), tensor())),
        "names in both normal forms": framed('{"\u00e9":%s,"e\u0301":%s}' % (tensor(shape="[1]", offsets="[0,4]"), tensor(shape="[1]", offsets="[4,8]"))),
        "empty name": framed('{"":%s}' % tensor()), "escaped name": framed('{"\\u00e9\\n\\ud83d\\ude00\\/":%s}' % tensor()),
        "lone surrogate": framed('{"\\ud800":%s}' % tensor()), "surrogates turned round": framed('{"\\udc00\\ud800":%s}' % tensor()),
        "control character in a name": framed('{"a\nb":%s}' % tensor()), "zero in a name": framed('{"a\\u0000b":%s}' % tensor()),
        "unknown escape": framed('{"\\x":%s}' % tensor()), "name that is not UTF-8": framed(b'{"\xff":' + tensor().encode() + b"}"),
        # The form of a tensor.
        "no dtype": framed('{"t":{"shape":[2],"data_offsets":[0,8]}}'), "no shape": framed('{"t":{"dtype":"F32","data_offsets":[0,8]}}'),
        "no offsets": framed('{"t":{"dtype":"F32","shape":[2]}}'), "dtype twice": one(more=',"dtype":"F32"'),
        "shape twice": one(more=',"shape":[2]'), "more fields": one(more=',"x":{"y":[1,null,true,"z",-1.5e3]}'),
        "more fields of one name": one(more=',"x":1,"x":2'), "field beyond any number": one(more=',"x":1e999'),
        "field of a long number": one(more=',"x":123456789012345678901234567890'),
        "field 60 deep": one(more=',"x":' + deep(60)), "field 125 deep": one(more=',"x":' + deep(125)),
        "field 126 deep": one(more=',"x":' + deep(126)), "field 130 deep": one(more=',"x":' + deep(130)),
        "a list of fields": framed('{"t":["F32",[2],[0,8]]}'), "a longer list of fields": framed('{"t":["F32",[2],[0,8],1]}'),
        "a shorter list of fields": framed('{"t":["F32",[2]]}'), "a number": framed('{"t":7}'), "null": framed('{"t":null}', b""),
    }.items()


def safetensors_numbers():
    yield from {
        "4.0 as an extent": one(shape="[2.0]"), "1e0 as an extent": one(shape="[2e0]"), "2.5 as an extent": one(shape="[2.5]"),
        "negative extent": one(shape="[-2]"), "-0 as an extent": one(shape="[-0,2]", offsets="[0,0]"), "text as an extent": one(shape='["2"]'),
        "true as an extent": one(shape="[true,2]"), "null as a shape": one(shape="null"), "a number as a shape": one(shape="2"),
        "scalar": one(dtype='"F64"', shape="[]"), "extent of 2^64": one(shape="[18446744073709551616]"),
        "extent of 2^64-1": one(shape="[18446744073709551615]"), "extents that overflow": one(shape="[4294967296,4294967296,4]"),
        "extents that overflow in front of a 0": one(shape="[4294967296,4294967296,0]", offsets="[0,0]"),
        "extents that overflow behind a 0": framed('{"t":%s}' % tensor(shape="[0,4294967296,4294967296]", offsets="[0,0]"), b""),
        "bytes that overflow": one(shape="[9223372036854775807]"), "4.0 as an offset": one(offsets="[0.0,8.0]"),
        "negative offset": one(offsets="[-8,0]"), "one offset": one(offsets="[8]"), "three offsets": one(offsets="[0,8,8]"),
        "offset of 2^63": one(offsets="[0,9223372036854775808]"), "leading zero": one(offsets="[0,08]"), "plus": one(offsets="[+0,8]"),
        "other bytes than the shape": one(shape="[3]"), "trailing comma in a list": one(offsets="[0,8,]"),
    }.items()


def safetensors_texts():
    whole = '{"t":%s}' % tensor()
    yield from {
        "metadata": framed('{"__metadata__":{"a":"b"},"t":%s}' % tensor()), "metadata of nothing": framed('{"__metadata__":{},"t":%s}' % tensor()),
        "metadata null": framed('{"__metadata__":null,"t":%s}' % tensor()), "metadata behind": framed('{"t":%s,"__metadata__":{"a":"b"}}' % tensor()),
        "metadata twice": framed('{"__metadata__":{"a":"b"},"__metadata__":{"c":"d"},"t":%s}' % tensor()),
        "a key of the metadata twice": framed('{"__metadata__":{"a":"b","a":"c"},"t":%s}' % tensor()),
        "a number in the metadata": framed('{"__metadata__":{"a":1},"t":%s}' % tensor()),
        "null in the metadata": framed('{"__metadata__":{"a":null},"t":%s}' % tensor()),
        "a list as metadata": framed('{"__metadata__":[],"t":%s}' % tensor()), "a tensor as metadata": framed('{"__metadata__":%s}' % tensor()),
        # JSON.
        "byte order mark": framed(b"\xef\xbb\xbf" + whole.encode()), "spaces behind": framed(whole + "    "), "spaces in front": framed("  " + whole),
        "tabs and line ends": framed("\t{\r\n" + whole[1:-1] + "\n}\n"), "zeros behind": framed(whole + "\0\0"), "text behind": framed(whole + "x"),
        "two objects": framed(whole + "{}"), "a list": framed("[]", b""), "trailing comma": framed('{"t":%s,}' % tensor()),
        "comment": framed("/**/" + whole), "single quotes": framed("{'t':%s}" % tensor()), "form feed": framed("\f" + whole),
        "no colon": framed('{"t"%s}' % tensor()), "truncated": framed(whole[:-1]), "a bare word": framed('{"t":%s,"x":nan}' % tensor()),
        "UTF-16": framed(whole.encode("utf-16-le")),
    }.items()


def safetensors_types():
    for name, bits in {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
                       "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64,
                       "U64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F128": 128, "f32": 32, "float32": 32, "": 8, "C128": 128,
                       "U4": 4, "I4": 4, "F8": 8}.items():
        count = 64 // bits if 64 % bits == 0 else 8
        size = (count * bits + 7) // 8
        yield f"dtype {name}", framed('{"t":%s}' % tensor(f'"{name}"', f"[{count}]", f"[0,{size}]"), bytes(size))
    yield "dtype F4, half a byte", framed('{"t":%s}' % tensor('"F4"', "[3]", "[0,2]"), bytes(2))
    yield "dtype that is no text", framed('{"t":%s}' % tensor("7"))


def safetensors_verdict(data):
    try:
        found = safetensors.deserialize(data)
    except Exception as error:
        return None, str(error).splitlines()[0][:120]
    return {name: {"dtype": info["dtype"], "shape": info["shape"], "bytes": bytes(info["data"]).hex()} for name, info in found}, ""


# .npy


def npy(text, data=bytes(range(24)), version=(1, 0), length=None):
    text = text.encode("utf-8" if version == (3, 0) else "latin-1") if isinstance(text, str) else text
    size = len(text) if length is None else length
    return b"\x93NUMPY" + bytes(version) + (struct.pack("<H", size) if version[0] == 1 else struct.pack("<I", size)) + text + data


def fields(descr="'<f4'", fortran="False", shape="(2, 3)", end="}\n"):
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, %s" % (descr, fortran, shape, end)


def npy_cases():
    plain = fields()
    yield from {
        "plain": npy(plain), "version 2": npy(plain, version=(2, 0)), "version 3": npy(plain, version=(3, 0)),
        "version 1.1": npy(plain, version=(1, 1)), "version 0": npy(plain, version=(0, 0)), "version 4": npy(plain, version=(4, 0)),
        "version 2.1": npy(plain, version=(2, 1)), "no bytes": b"", "magic alone": b"\x93NUMPY", "cut in the length": npy(plain)[:9],
        "cut in the header": npy(plain)[:30], "length beyond the file": npy(plain, length=60_000), "version 2, huge length": npy(plain, version=(2, 0), length=4_000_000_000),
        "length of 0": npy("", length=0), "other magic": b"\x93numpy" + npy(plain)[6:],
        "one byte short": npy(plain, bytes(23)), "bytes behind": npy(plain, bytes(30)), "no data": npy(plain, b""),
        # Text.
        "text behind": npy(fields(end="} trailing\n")), "second dictionary behind": npy(fields(end="} {}\n")), "semicolon behind": npy(fields(end="};\n")),
        "comma behind": npy(fields(end="},\n")), "comment behind": npy(fields(end="} # comment\n")), "zeros behind": npy(fields(end="}\0\0\n")),
        "tab behind": npy(fields(end="}\t\n")), "no line end": npy(fields(end="}")), "many line ends": npy(fields(end="}\n\n\n")),
        "tabs": npy("{\t'descr':\t'<f4',\t'fortran_order':\tFalse,\t'shape':\t(2,\t3),\t}\n"), "form feed": npy("{'descr': '<f4',\f'fortran_order': False, 'shape': (2, 3)}\n"),
        "vertical tab": npy("{'descr': '<f4',\v'fortran_order': False, 'shape': (2, 3)}\n"), "carriage return": npy("{'descr': '<f4',\r\n'fortran_order': False, 'shape': (2, 3)}\r\n"),
        "form feed behind": npy(fields(end="}\f\n")), "carriage return behind": npy(fields(end="}\r")), "tab on a line behind": npy(fields(end="}\n\t")),
        "line end and space in front": npy("\n " + plain), "lone carriage return": npy("{'descr': '<f4',\r'fortran_order': False, 'shape': (2, 3)}\n"),
        "line ends inside": npy("{'descr':\n'<f4',\n'fortran_order': False, 'shape': (2,\n3)}\n"), "spaces in front": npy("   " + plain), "tab in front": npy("\t" + plain),
        "line end in front": npy("\n" + plain), "form feed in front": npy("\f" + plain), "no spaces": npy("{'descr':'<f4','fortran_order':False,'shape':(2,3)}"),
        "parentheses around": npy("(" + plain.strip() + ")\n"), "backslash": npy("{'descr': '<f4', \\\n'fortran_order': False, 'shape': (2, 3)}\n"),
        "no-break space": npy("{'descr':\u00a0'<f4', 'fortran_order': False, 'shape': (2, 3)}\n"),
        "9,990 characters": npy(plain + " " * (9990 - len(plain))), "10,001 characters": npy(plain + " " * (10_001 - len(plain))),
        "version 2, 10,001 characters": npy(plain + " " * (10_001 - len(plain)), version=(2, 0)),
        # The dictionary.
        "other order": npy("{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}\n"), "one key twice": npy("{'shape': (9, 9), 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}\n"),
        "one key more": npy(fields(end="'more': 1}\n")), "no shape": npy("{'descr': '<f4', 'fortran_order': False}\n"), "no descr": npy("{'fortran_order': False, 'shape': (2, 3)}\n"),
        "no order": npy("{'descr': '<f4', 'shape': (2, 3)}\n"), "comma in front": npy("{, 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}\n"),
        "two commas": npy("{'descr': '<f4',, 'fortran_order': False, 'shape': (2, 3)}\n"), "no commas": npy("{'descr': '<f4' 'fortran_order': False 'shape': (2, 3)}\n"),
        "double quotes": npy('{"descr": "<f4", "fortran_order": False, "shape": (2, 3)}\n'), "bytes as keys": npy("{b'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}\n"),
        "cut dictionary": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)\n"), "a list": npy("['descr', 'fortran_order', 'shape']\n"),
        "order 0": npy(fields(fortran="0")), "order true": npy(fields(fortran="true")), "order None": npy(fields(fortran="None")), "order as text": npy(fields(fortran="'False'")),
        "fortran order": npy(fields(fortran="True")), "escape in a text": npy(fields("'\\x3cf4'")), "line end in a text": npy(fields("'<f4\n'")),
        "texts side by side": npy(fields("'<' 'f4'")), "prefixed text": npy(fields("u'<f4'")), "raw text": npy(fields("r'<f4'")), "bytes as descr": npy(fields("b'<f4'")),
        # Elements.
        "f4": npy(fields("'f4'")), "|f4": npy(fields("'|f4'")), "=f4": npy(fields("'=f4'")), ">f4": npy(fields("'>f4'")), "!f4": npy(fields("'!f4'")), "big i2": npy(fields("'>i2'", shape="(3, 4)")),
        "<f2": npy(fields("'<f2'", shape="(3, 4)")), "f8": npy(fields("'f8'", shape="(3, 1)")), ">f8": npy(fields("'>f8'", shape="(3, 1)")), "|u1": npy(fields("'|u1'", shape="(6, 4)")),
        "u1": npy(fields("'u1'", shape="(6, 4)")), ">u1": npy(fields("'>u1'", shape="(6, 4)")), "|b1": npy(fields("'|b1'", shape="(6, 4)"), bytes([0, 1] * 12)), "?": npy(fields("'?'", shape="(6, 4)"), bytes([0, 1] * 12)),
        "<i8": npy(fields("'<i8'", shape="(3, 1)")), "i": npy(fields("'i'")), "f": npy(fields("'f'")), "d": npy(fields("'d'", shape="(3, 1)")), "float32": npy(fields("'float32'")),
        "f3": npy(fields("'f3'")), "<f1": npy(fields("'<f1'")), "<f16": npy(fields("'<f16'", shape="(1, 1)")), "<f04": npy(fields("'<f04'")), "<f+4": npy(fields("'<f+4'")), "<f4 blank": npy(fields("'<f4 '")),
        "blank <f4": npy(fields("' <f4'")), "<F4": npy(fields("'<F4'")), "<f-4": npy(fields("'<f-4'")), "<f": npy(fields("'<f'")), "<": npy(fields("'<'")), "no text": npy(fields("''")),
        "two numbers as one element": npy(fields("'<f4,<f4'", shape="(1, 3)")), "shaped element": npy(fields("'(2,)f4'", shape="(1, 3)")), "f4 twice": npy(fields("'2f4'", shape="(1, 3)")),
        "complex": npy(fields("'<c8'", shape="(1, 3)")), "object": npy(fields("'|O'", shape="(1, 3)")), "time": npy(fields("'<M8[ns]'", shape="(3, 1)")), "void": npy(fields("'|V4'")),
        "structured": npy(fields("[('x', '<f4')]")), "structured, nested": npy(fields("[('x', [('y', '<f4')]), ('z', '<f4')]", shape="(3, 1)")), "structured, cut": npy(fields("[('x', '<f4'")),
        "a tuple as descr": npy(fields("('<f4', (2,))", shape="(1, 3)")), "None as descr": npy(fields("None")), "a number as descr": npy(fields("4")), "a dictionary as descr": npy(fields("{'names': ['x'], 'formats': ['<f4']}")),
        "text": npy(fields("'<U2'", shape="(3, 1)"), b"a\0\0\0b\0\0\0" * 3), "bare text": npy(fields("'U2'", shape="(3, 1)"), b"a\0\0\0b\0\0\0" * 3), "|U2": npy(fields("'|U2'", shape="(3, 1)"), b"a\0\0\0b\0\0\0" * 3),
        "big text": npy(fields("'>U2'", shape="(3, 1)"), b"\0\0\0a\0\0\0b" * 3), "bytes": npy(fields("'|S4'"), b"abcd" * 6), "bare bytes": npy(fields("'S4'"), b"abcd" * 6), "<S4": npy(fields("'<S4'"), b"abcd" * 6), "a4": npy(fields("'a4'"), b"abcd" * 6),
        # Shapes.
        "no dimension": npy(fields(shape="()"), bytes(4)), "one dimension": npy(fields(shape="(6,)")), "one dimension without a comma": npy(fields(shape="(6)")), "a number": npy(fields(shape="6")), "a list as shape": npy(fields(shape="[2, 3]")),
        "no parentheses": npy(fields(shape="2, 3")), "negative": npy(fields(shape="(-2, 3)")), "-1": npy(fields(shape="(-1, 3)")), "two negatives": npy(fields(shape="(-2, -3)")), "plus": npy(fields(shape="(+2, 3)")), "leading zero": npy(fields(shape="(02, 3)")), "zeros": npy(fields(shape="(00, 3)"), b""),
        "underscore": npy(fields(shape="(1_0, 3)"), bytes(120)), "hexadecimal": npy(fields(shape="(0x2, 3)")), "float": npy(fields(shape="(2.0, 3)")), "exponent": npy(fields(shape="(2e0, 3)")), "truth": npy(fields(shape="(True, 6)")), "text as an extent": npy(fields(shape="('2', 3)")),
        "Python 2": npy(fields(shape="(2L, 3L)")), "Python 2, version 3": npy(fields(shape="(2L, 3L)"), version=(3, 0)), "lower l": npy(fields(shape="(2l, 3l)")), "sum": npy(fields(shape="(1+1, 3)")), "trailing comma": npy(fields(shape="(2, 3,)")), "comma alone": npy(fields(shape="(,)")), "two commas in a shape": npy(fields(shape="(2,, 3)")),
        "nested tuple": npy(fields(shape="((2, 3))")), "nested tuple with a comma": npy(fields(shape="((2, 3),)")), "zero rows": npy(fields(shape="(0, 3)"), b""), "zero columns": npy(fields(shape="(3, 0)"), b""), "huge": npy(fields(shape="(4611686018427387904, 4)")), "2^63 beside 0": npy(fields(shape="(0, 9223372036854775808)"), b""),
        "2^62 beside 0": npy(fields(shape="(0, 4611686018427387904)"), b""), "2^62 twice beside 0": npy(fields(shape="(0, 4611686018427387904, 4611686018427387904)"), b""), "2^64": npy(fields(shape="(18446744073709551616,)")), "more than the file": npy(fields(shape="(1000000, 1000)")), "65 dimensions": npy(fields(shape="(" + "1, " * 65 + ")"), bytes(4)), "64 dimensions": npy(fields(shape="(" + "1, " * 64 + ")"), bytes(4)),
        "33 dimensions": npy(fields(shape="(" + "1, " * 33 + ")"), bytes(4)), "three dimensions": npy(fields(shape="(2, 1, 3)")), "three dimensions, fortran order": npy(fields(fortran="True", shape="(2, 3, 1)")),
    }.items()


def npy_verdict(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        except BaseException as error:
            return None, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:120]
    values = array.reshape(-1).astype("<f4").tolist() if array.dtype.kind in "fiub" else None
    if values is None and array.dtype.kind in "US":
        values = [value.decode() if isinstance(value, bytes) else str(value) for value in array.reshape(-1).tolist()]
    return {"dtype": array.dtype.str, "shape": list(array.shape), "values": values}, ""


def main():
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    directory.mkdir(parents=True, exist_ok=True)
    for name, key, cases, verdict in [("safetensors", "tensors", safetensors_cases(), safetensors_verdict), ("npy", "array", npy_cases(), npy_verdict)]:
        rows = []
        for title, data in cases:
            found, says = verdict(data)
            says = re.sub(" at 0x[0-9a-f]+", "", says)
            rows.append(json.dumps({"name": title, "bytes": data.hex(), key: found, "says": says}, sort_keys=True))
        (directory / f"{name}.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
        print(name, len(rows))


if __name__ == "__main__":
    main()
