"""Tars, compressed or not, are read as zips are: nothing that they claim is believed."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import struct
import tarfile
from pathlib import Path

import pytest

from grader.files.unpack.extract import Taking
from grader.files.unpack.items import Refused

CODE = b"def predict(X, w):\n    return X @ w\n"


def tar_bytes(files: dict[str, bytes], mode: str = "w", **claims: object) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as tar:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_000_000
            for claim, value in claims.items():
                setattr(info, claim, value)
            tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def unpack(folder: Path, content: bytes, name: str = "work.tar.gz") -> tuple[dict, Taking]:
    place = folder / "unpacked"
    place.mkdir()
    taking = Taking(place)
    taking.take_archive(io.BytesIO(content), name)
    files = {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }
    return files, taking


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("name", ["work.tar", "work.tgz", "work.zip"])
def test_every_kind_is_opened_by_what_it_is(tmp_path: Path, mode: str, name: str) -> None:
    files, taking = unpack(tmp_path, tar_bytes({"hw/mlp.py": CODE, "hw/a.txt": b"a"}, mode), name)
    assert files == {"mlp.py": CODE, "a.txt": b"a"}
    assert taking.moments == {"mlp.py": 1_000_000, "a.txt": 1_000_000}
    assert taking.notes == []


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_one_after_the_other_are_one(tmp_path: Path, packed) -> None:
    content = tar_bytes({"mlp.py": CODE})
    halves = packed(content[:700]) + packed(content[700:])
    assert unpack(tmp_path, halves)[0] == {"mlp.py": CODE}


def test_thousands_of_streams_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="more than 1,000 pieces"):
        unpack(tmp_path, gzip.compress(b"") * 2_000)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (tarfile.SYMTYPE, "is a link"),
        (tarfile.LNKTYPE, "is a link"),
        (tarfile.FIFOTYPE, "special file"),
        (tarfile.CHRTYPE, "special file"),
        (tarfile.BLKTYPE, "special file"),
    ],
)
def test_links_and_devices_are_left_out(tmp_path: Path, kind: bytes, message: str) -> None:
    content = tar_bytes({"mlp.py": b""}, type=kind, linkname="/etc/passwd")
    files, taking = unpack(tmp_path, content)
    assert files == {}
    assert message in taking.notes[0]


@pytest.mark.parametrize("name", ["/etc/mlp.py", "../mlp.py", "a/../../mlp.py", "C:\\mlp.py"])
def test_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    files, taking = unpack(tmp_path, tar_bytes({name: CODE}))
    assert files == {}
    assert len(taking.notes) == 1
    assert not (tmp_path / "mlp.py").exists()


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_bomb_is_stopped_while_it_is_decompressed(tmp_path: Path, mode: str) -> None:
    bomb = tar_bytes({"zeros.npy": b"\0" * (48 * 2**20)}, mode)
    with pytest.raises(Refused, match="bomb"):
        unpack(tmp_path, bomb)


def test_a_sparse_file_is_not_filled_up(tmp_path: Path) -> None:
    header = bytearray(tar_bytes({"zeros.npy": b""})[:512])
    header[156:157] = b"S"  # GNU's sparse files
    header[483:495] = b"%011o " % (2**33 - 1)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    files, taking = unpack(tmp_path, bytes(header) + b"\0" * 1024, "work.tar")
    assert files == {}
    assert "sparse" in taking.notes[0]


def test_a_header_that_claims_gigabytes(tmp_path: Path) -> None:
    content = tar_bytes({"x": b""}, type=tarfile.XHDTYPE)
    claimed = bytearray(content)
    claimed[124:136] = b"%011o " % (2**32)
    claimed[148:156] = b" " * 8
    claimed[148:156] = b"%06o\0 " % sum(claimed[:512])
    with pytest.raises(Refused, match="header of more than 1 MB"):
        unpack(tmp_path, bytes(claimed), "work.tar")


def test_a_negative_size_does_not_go_round_for_ever(tmp_path: Path) -> None:
    claimed = bytearray(tar_bytes({"mlp.py": CODE}))
    claimed[124:136] = b"\xff" * 4 + struct.pack(">q", -1024)
    claimed[148:156] = b" " * 8
    claimed[148:156] = b"%06o\0 " % sum(claimed[:512])
    with pytest.raises(Refused):
        unpack(tmp_path, bytes(claimed), "work.tar")


def test_an_xz_that_asks_for_gigabytes_of_memory(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 * 2**20, "preset": 0}]
    packed = lzma.compress(tar_bytes({"mlp.py": CODE}), filters=filters)
    with pytest.raises(Refused, match="is damaged"):
        unpack(tmp_path, packed)


def test_every_truncation_and_every_flipped_byte_is_survived(tmp_path: Path) -> None:
    whole = tar_bytes({"mlp.py": CODE, "b.py": b"x = 1\n"})
    packed = gzip.compress(whole, mtime=0)
    for number, broken in enumerate(
        [packed[:keep] for keep in range(0, len(packed), 7)]
        + [whole[:keep] for keep in range(0, len(whole), 100)]
        + [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(0, 1_600, 3)]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with contextlib.suppress(Refused):
            unpack(folder, broken, "work.tar")
        assert {path.name for path in folder.iterdir()} == {"unpacked"}


@pytest.mark.parametrize(
    ("start", "kind"), [(b"Rar!\x1a\x07\x01\0", "RAR"), (b"7z\xbc\xaf\x27\x1c\0\4", "7-Zip")]
)
def test_what_only_has_the_name_of_a_zip_is_named(tmp_path: Path, start: bytes, kind: str) -> None:
    with pytest.raises(Refused, match=f"{kind} archive, which cannot be opened"):
        unpack(tmp_path, start + b"\0" * 100, "work.zip")


def test_a_virtual_environment_is_not_unpacked(tmp_path: Path) -> None:
    junk = {f"hw/venv/lib/m{number}.py": b"" for number in range(2_000)}
    files, taking = unpack(
        tmp_path, tar_bytes({"hw/mlp.py": CODE, "hw/venv/pyvenv.cfg": b""} | junk)
    )
    assert files == {"mlp.py": CODE}
    assert taking.notes == []


def test_two_archives_side_by_side_are_kept_apart(tmp_path: Path) -> None:
    inner = tar_bytes({"mlp.py": CODE})
    files, _ = unpack(tmp_path, tar_bytes({"v1.tar": inner, "v2.tar": inner}))
    assert files == {"v1/mlp.py": CODE, "v2/mlp.py": CODE}
