"""Memory that is alike may be kept once, where the system can do that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import re
from floorhand.host.merging import merge_memory
print(merge_memory(), bool(re.search("^VmFlags:.* mg", open("/proc/self/smaps").read(), re.M)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")
def test_the_memory_of_a_host_may_be_merged_where_the_system_can_do_that() -> None:
    if not Path("/sys/kernel/mm/ksm/run").exists():
        pytest.skip("this kernel merges no memory")
    command = [sys.executable, "-c", PROGRAM]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    if said == ["False", "False"]:
        pytest.skip("this kernel merges memory only where a program asks for a range of it")
    assert said == ["True", "True"]
