"""What kind of disk a folder lies on, as far as the system tells."""

from __future__ import annotations

from pathlib import Path

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"}
)
"""SQLite's write-ahead log needs shared memory, which these do not have (sqlite.org/wal.html)."""


def file_system(folder: Path) -> str:
    """Name the file system that a folder lies on; empty where the system does not say."""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for mount in mounts:
        _, point, name, *_ = mount.split(" ")
        within = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if within and len(point) >= len(best):
            best, kind = point, name
    return kind
