"""What a disk does to a store, in words: full, not writable, damaged. The engine tells it in the text of its errors only."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError

BUSY = "另一进程正在写入，等它结束 / another process is writing here; wait for it to end or stop it"
_FULL = ("No space left", "File too large", "Disk quota exceeded")
_CLOSED = ("Read-only file system", "Permission denied", "Operation not permitted")
_DAMAGED = ("Corruption", "corrupted", "checksum mismatch")
_FULL_NUMBERS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_CLOSED_NUMBERS = (errno.EROFS, errno.EACCES, errno.EPERM)


def reason_of(error: OSError | RuntimeError) -> str:
    """What happened and what helps, Chinese and English; empty where it is none of these."""
    text, number = str(error), getattr(error, "errno", None)
    if number in _FULL_NUMBERS or any(word in text for word in _FULL):
        return (
            "磁盘已满，最后一步没有写入，已写入的都在；腾出空间后再次运行同一命令即可继续"
            f" / the disk is full: the last step was not written, what was written stays; make room and run the same again ({_short(text)})"
        )
    if number in _CLOSED_NUMBERS or any(word in text for word in _CLOSED):
        return f"此处不可写，没有任何改动 / not writable here, nothing was changed ({_short(text)})"
    if any(word in text for word in _DAMAGED):
        return (
            "存储文件已损坏；kg verify 指出何处，kg restore 从备份恢复"
            f" / a file of the store is damaged: kg verify says where, kg restore brings a backup back ({_short(text)})"
        )
    return ""


def _short(text: str) -> str:
    return text.splitlines()[0][:200]


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn a full, closed or damaged disk into a :class:`StoreError` that says so; anything else passes."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = reason_of(error)
        if not reason:
            raise
        raise StoreError(reason, str(path)) from error
