"""A distribution of somebody else, really built and installed, without network, into a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run(*arguments: str, site: Path) -> subprocess.CompletedProcess[str]:
    """Run this interpreter with what is installed in `site`."""
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # noqa: S603 this interpreter, with arguments of this test
        [sys.executable, *arguments],
        cwd=site.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def installed(project: Path) -> Path:
    """Return the folder into which pip installed `project`."""
    target = project.parent / "site"
    target.mkdir()
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
    built = run("-m", "pip", "install", *offline, "--target", str(target), str(project), site=target)
    assert built.returncode == 0, built.stderr
    return target
